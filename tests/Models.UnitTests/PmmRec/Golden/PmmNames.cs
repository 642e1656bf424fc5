namespace Rearm.Streaming.Models.UnitTests.PmmRec.Golden;

/// <summary>The authors' program's parameter names beside ours.</summary>
internal static class PmmNames
{
    private static readonly (string Ours, string Theirs)[] Prefixes =
    [
        ("pmmrec_users.positions", "user_encoder.transformer_encoder.position_embedding.weight"),
        ("pmmrec_users.norm.", "user_encoder.transformer_encoder.layer_norm."),
        ("pmmrec_users.block", "user_encoder.transformer_encoder.transformer_blocks."),
        ("pmmrec_items.projection:text.", "text_encoder.text_proj."),
        ("pmmrec_items.projection:image.", "cv_encoder.cv_proj."),
        ("pmmrec_items.fusion.query.", "fusion_module.MergeAtt_layers.0.self_att.self.query."),
        ("pmmrec_items.fusion.key.", "fusion_module.MergeAtt_layers.0.self_att.self.key."),
        ("pmmrec_items.fusion.value.", "fusion_module.MergeAtt_layers.0.self_att.self.value."),
        ("pmmrec_items.fusion.dense.", "fusion_module.MergeAtt_layers.0.self_att.output.dense."),
        ("pmmrec_items.fusion.attention_norm.", "fusion_module.MergeAtt_layers.0.self_att.output.LayerNorm."),
        ("pmmrec_items.fusion.inner.", "fusion_module.MergeAtt_layers.0.inter.dense."),
        ("pmmrec_items.fusion.outer.", "fusion_module.MergeAtt_layers.0.output.dense."),
        ("pmmrec_items.fusion.output_norm.", "fusion_module.MergeAtt_layers.0.output.LayerNorm."),
        ("pmmrec_contrast.inner.", "metric_learning_8.linear1."),
        ("pmmrec_contrast.outer.", "metric_learning_8.linear2."),
        ("pmmrec_contrast.norm.", "metric_learning_8.bn."),
        ("pmmrec_noise.", "nid."),
    ];

    private static readonly (string Ours, string Theirs)[] InBlocks =
    [
        (".query.", ".multi_head_attention.w_Q."),
        (".key.", ".multi_head_attention.w_K."),
        (".value.", ".multi_head_attention.w_V."),
        (".output.", ".multi_head_attention.fc."),
        (".attention_norm.", ".multi_head_attention.layer_norm."),
        (".inner.", ".feed_forward.w_1."),
        (".outer.", ".feed_forward.w_2."),
        (".output_norm.", ".feed_forward.layer_norm."),
    ];

    internal static string Theirs(string ours)
    {
        var (prefix, theirs) = Prefixes.Single(p => ours.StartsWith(p.Ours, StringComparison.Ordinal));
        var name = theirs + ours[prefix.Length..];
        if (prefix != "pmmrec_users.block")
            return name;
        var (part, inTheirs) = InBlocks.Single(p => name.Contains(p.Ours, StringComparison.Ordinal));
        return name.Replace(part, inTheirs, StringComparison.Ordinal);
    }
}
