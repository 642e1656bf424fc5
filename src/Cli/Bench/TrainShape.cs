using Rearm.Streaming.Models.Rearm;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>The size of a published data set, and how REARM is trained on it.</summary>
/// <param name="Name">As <c>--shapes</c> takes it; also the name of the preset.</param>
/// <param name="Users">Number of users.</param>
/// <param name="Items">Number of items.</param>
/// <param name="Pairs">Distinct pairs to train on.</param>
/// <param name="ValidationUsers">Users who have a pair to validate on.</param>
/// <param name="Widths">Of each modality.</param>
internal sealed record TrainShape(string Name, int Users, int Items, int Pairs, int ValidationUsers, IReadOnlyList<int> Widths)
{
    /// <summary>Those that there are.</summary>
    public static IReadOnlyList<TrainShape> All { get; } =
    [
        new("tiktok", 9_308, 6_710, 59_541, 3_051, [128, 128]),
        new("baby", 19_445, 7_050, 118_551, 19_445, [4096, 384]),
        new("sports", 35_598, 18_357, 218_409, 35_598, [4096, 384]),
    ];

    /// <summary>The preset of that name.</summary>
    public RearmHyperParameters Hyper => RearmPresets.Get(Name);
}
