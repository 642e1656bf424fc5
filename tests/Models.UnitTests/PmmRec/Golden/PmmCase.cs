using Rearm.Streaming.Models.PmmRec;
using Rearm.Streaming.Models.UnitTests.Golden;

namespace Rearm.Streaming.Models.UnitTests.PmmRec.Golden;

/// <summary>One golden case: what the authors' program computed on a small made-up problem.</summary>
internal sealed class PmmCase : RecordedCase
{
    private const string FolderVariable = "REARM_GOLDEN_PMM_DIR";

    private PmmCase(string path) : base(path)
    {
    }

    internal int Length => Int("L");

    internal int Width => Length + 1;

    /// <summary>Every case in the folder the environment names, or in the tests' own.</summary>
    internal static IReadOnlyList<PmmCase> All { get; } = In(FolderVariable, "pmm_case_*.npz", path => new PmmCase(path));

    internal PmmRecHyperParameters Parameters(AuxiliaryLosses losses = AuxiliaryLosses.None) => new()
    {
        Dimension = Int("d"),
        Length = Length,
        Blocks = Int("blocks"),
        Heads = Int("heads"),
        FusionHeads = Int("fheads"),
        FusionWidth = Int("finter"),
        LearningRate = Double("lr"),
        Decay = Double("wd"),
        ContrastWeight = Double("alpha"),
        Temperature = Double("tau"),
        BatchSize = Int("B"),
        Dropout = 0,
        FusionDropout = 0,
        Losses = losses,
    };

    /// <summary>A row of a CSR array: <paramref name="name"/> with its pointers in name_ptr.</summary>
    internal int[] Row(string name, int row)
    {
        var pointers = Arrays[$"{name}_ptr"].Values;
        return Array.ConvertAll(Arrays[name].Values[(int)pointers[row]..(int)pointers[row + 1]], v => (int)v);
    }

    internal int Rows(string name) => Arrays[$"{name}_ptr"].Values.Length - 1;
}
