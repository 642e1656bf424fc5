using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Rearm.Losses;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>Our model with the case's graphs and starting parameters, in one precision.</summary>
internal sealed class GoldenModel : IDisposable
{
    private const string DeviceVariable = "REARM_TEST_DEVICE";

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly GoldenCase _golden;

    /// <param name="golden">The case.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="kernels">Managed kernels where they fit, or plain operators alone.</param>
    internal GoldenModel(GoldenCase golden, ScalarType dtype, KernelMode kernels)
    {
        _golden = golden;
        Inputs = new RearmInputs
        {
            Users = golden.Users,
            Items = golden.Items,
            Modalities = [Modality("image"), Modality("text")],
            UserGraph = Graph("stre_uu_graph"),
            ItemGraph = Graph("stre_ii_graph"),
            InteractionGraph = Graph("norm_adj"),
        };
        Model = new RearmModel(Inputs, golden.Parameters, seed: 1, dtype, Device, kernels);
        using (no_grad())
            foreach (var (theirs, parameter) in GoldenParameters.Of(Model))
                parameter.copy_(ToTensor(golden.Arrays[$"param/{theirs}"], dtype));

        SparseOperator Graph(string name) => new(Sparse(golden.Arrays[$"graph/{name}"]), golden.Arrays[$"graph/{name}"].Columns, dtype, Device, kernels);
        ModalInput Modality(string name) => new(name, ToTensor(golden.Arrays[$"input/{name}_feat"], dtype),
            new SparseOperator(InteractionWeights.Mean(golden.Snapshot().Interactions, [.. Enumerable.Repeat(true, golden.Items)]), golden.Items, dtype, Device, kernels));
    }

    /// <summary>Where the golden cases are computed: the CPU, or what the environment names.</summary>
    internal static Device Device { get; } = TrainingDevice.Open(
        Environment.GetEnvironmentVariable(DeviceVariable) is { Length: > 0 } named ? named : TrainingDevice.Cpu, threads: 1);

    internal RearmInputs Inputs { get; }

    internal RearmModel Model { get; }

    internal BatchIndices Batch(int number) => BatchIndices.From(
        _golden.Arrays["batch/user"].Row(number).Ints, _golden.Arrays["batch/pos_item"].Row(number).Ints, _golden.Arrays["batch/neg_item"].Row(number).Ints, _golden.Users, Device);

    internal static double[] Values(Tensor tensor) => tensor.detach().cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    public void Dispose()
    {
        Model.Dispose();
        Inputs.Dispose();
        _scope.Dispose();
    }

    internal static Tensor ToTensor(NpyArray array, ScalarType dtype) =>
        tensor(array.Values, [.. array.Shape.Select(s => (long)s)], dtype: dtype, device: Device);

    internal static SparseRows Sparse(NpyArray dense)
    {
        var rows = new RowBuilder(dense.Rows, 8);
        for (var row = 0; row < dense.Rows; row++)
        {
            var values = dense.Row(row).Floats;
            var columns = Enumerable.Range(0, values.Length).Where(c => values[c] != 0).ToArray();
            rows.Add(columns, [.. columns.Select(c => values[c])]);
        }
        return rows.Build();
    }
}
