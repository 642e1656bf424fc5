namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>SEA's program's parameter names beside ours.</summary>
internal static class SeaGoldenNames
{
    private static readonly Dictionary<string, (string Folder, string Theirs)> Names = Build();

    /// <summary>Of one of our parameters, the end of the golden folders that hold it, and the program's name.</summary>
    internal static (string Folder, string Theirs) Of(string ours) => Names[ours];

    private static Dictionary<string, (string, string)> Build()
    {
        var names = new Dictionary<string, (string, string)> { ["user_weights"] = ("", "weight_u") };
        foreach (var (modality, letter) in SeaGoldenCase.Modalities)
        {
            names[$"modality:{modality}.users"] = ("", $"{letter}_gcn.preference");
            Layer($"modality:{modality}.projection", "", $"{letter}_item_linear");
            Layer($"modality:{modality}.linear1", "", $"{letter}_gcn.MLP");
            Layer($"modality:{modality}.linear2", "", $"{letter}_gcn.MLP_1");
            foreach (var (ours, theirs) in new[] { ("linear1", 0), ("norm1", 1), ("linear2", 3), ("norm2", 4), ("linear3", 6) })
                Layer($"separation.part:{modality}.head.{ours}", "", $"{letter}_proj.head.{theirs}");
            Layer($"separation.part:{modality}.generic", "", $"{letter}_trans1");
            Layer($"separation.part:{modality}.unique", "", $"{letter}_trans2");
        }
        Layer("separation.club.mean1", "_club", "p_mu.0");
        Layer("separation.club.mean2", "_club", "p_mu.2");
        Layer("separation.club.variance1", "_club", "p_logvar.0");
        Layer("separation.club.variance2", "_club", "p_logvar.2");
        return names;

        void Layer(string ours, string folder, string theirs)
        {
            foreach (var part in new[] { "weight", "bias" })
                names[$"{ours}.{part}"] = (folder, $"{theirs}.{part}");
        }
    }
}
