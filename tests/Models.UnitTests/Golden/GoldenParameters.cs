using Rearm.Streaming.Models.Rearm;
using TorchSharp.Modules;

namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>The authors' program's parameter names beside ours.</summary>
internal static class GoldenParameters
{
    internal static string Theirs(string ours) => Names[ours];

    internal static IEnumerable<(string Theirs, Parameter Parameter)> Of(RearmModel model) =>
        model.named_parameters().Select(p => (Theirs(p.name), p.parameter));

    private static readonly Dictionary<string, string> Names = Build();

    private static Dictionary<string, string> Build()
    {
        var names = new Dictionary<string, string>
        {
            ["user_ids"] = "user_id_embedding.weight",
            ["item_ids"] = "item_id_embedding.weight",
            ["activation.weight"] = "prl.weight",
            ["attention.norm.weight"] = "ly_norm.weight",
            ["attention.norm.bias"] = "ly_norm.bias",
        };
        foreach (var (ours, theirs, letter) in new[] { ("image", "image", "v"), ("text", "text", "t") })
        {
            names[$"projection:{ours}.item_features"] = $"{theirs}_embedding.weight";
            names[$"projection:{ours}.user_features"] = $"user_{letter}_prefer";
            foreach (var part in new[] { "weight", "bias" })
            {
                names[$"projection:{ours}.items.{part}"] = $"{theirs}_i_trs.{part}";
                names[$"projection:{ours}.users.{part}"] = $"{theirs}_u_trs.{part}";
            }
        }
        foreach (var (ours, theirs) in new[] { ("self0", "self_i_attn1"), ("self1", "self_i_attn2"), ("cross0", "mutual_i_attn1"), ("cross1", "mutual_i_attn2") })
        {
            names[$"attention.{ours}.in_weight"] = $"{theirs}.in_proj_weight";
            names[$"attention.{ours}.in_bias"] = $"{theirs}.in_proj_bias";
            names[$"attention.{ours}.out_weight"] = $"{theirs}.out_proj.weight";
            names[$"attention.{ours}.out_bias"] = $"{theirs}.out_proj.bias";
        }
        foreach (var (ours, letter) in new[] { ("user_meta", "u"), ("item_meta", "i") })
            foreach (var part in new[] { "weight", "bias" })
            {
                names[$"{ours}.condition.{part}"] = $"meta_net{letter}.{part}";
                foreach (var (network, number) in new[] { ("first", 1), ("second", 2) })
                {
                    names[$"{ours}.{network}.linear1.{part}"] = $"mlp_{letter}{number}.linear_pre.{part}";
                    names[$"{ours}.{network}.linear2.{part}"] = $"mlp_{letter}{number}.linear_out.{part}";
                    names[$"{ours}.{network}.activation.weight"] = $"mlp_{letter}{number}.prl.weight";
                }
            }
        return names;
    }
}
