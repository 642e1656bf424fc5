using System.Text.Json;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Server.UnitTests.Encoders;

/// <summary>The users' vectors that the authors' program of PMMRec computed on made-up problems.</summary>
[Trait("Category", "Golden")]
public class GoldenUserEncoderTests
{
    private const string Encoder = "param/user_encoder.transformer_encoder";

    [Theory]
    [InlineData("valid")]
    [InlineData("test")]
    public void Encode_GoldenUsers_AreTheAuthors(string part)
    {
        foreach (var path in GoldenFolder.Files("REARM_GOLDEN_PMM_DIR", "pmm_case_*.npz"))
        {
            var arrays = new NpzFile(path);
            var encoder = new UserEncoder(Weights(arrays));
            var items = arrays["eval/item_emb"];
            var (inputs, mask, expected) = (arrays[$"eval/{part}/inputs"], arrays[$"eval/{part}/log_mask"], arrays[$"eval/{part}/user_vec"]);
            for (var user = 0; user < inputs.Rows; user++)
            {
                var real = inputs.Row(user).Ints.Where((_, column) => mask.Row(user).Values[column] > 0);
                var vector = new float[encoder.Width];
                encoder.Encode([.. real.SelectMany(item => items.Row(item).Floats)], vector);
                for (var i = 0; i < vector.Length; i++)
                    Assert.Equal(expected.Row(user).Values[i], vector[i], 1e-5);
            }
        }
    }

    private static UserEncoderWeights Weights(NpzFile arrays)
    {
        var config = JsonDocument.Parse(arrays["config"].Text).RootElement;
        var weights = new UserEncoderWeights
        {
            Width = Int("d"),
            Length = Int("L"),
            Heads = Int("heads"),
            Positions = Floats("position_embedding.weight"),
            InputNormWeight = Floats("layer_norm.weight"),
            InputNormBias = Floats("layer_norm.bias"),
            Blocks = [.. Enumerable.Range(0, Int("blocks")).Select(block => new UserEncoderBlock
            {
                Query = Attention(block, "w_Q.weight"),
                Key = Attention(block, "w_K.weight"),
                Value = Attention(block, "w_V.weight"),
                Output = Attention(block, "fc.weight"),
                AttentionNormWeight = Attention(block, "layer_norm.weight"),
                AttentionNormBias = Attention(block, "layer_norm.bias"),
                Inner = FeedForward(block, "w_1.weight"),
                InnerBias = FeedForward(block, "w_1.bias"),
                Outer = FeedForward(block, "w_2.weight"),
                OuterBias = FeedForward(block, "w_2.bias"),
                OutputNormWeight = FeedForward(block, "layer_norm.weight"),
                OutputNormBias = FeedForward(block, "layer_norm.bias"),
            })],
        };
        weights.Check();
        return weights;

        int Int(string name) => config.GetProperty(name).GetInt32();
        float[] Floats(string name) => arrays[$"{Encoder}.{name}"].Floats;
        float[] Attention(int block, string name) => Floats($"transformer_blocks.{block}.multi_head_attention.{name}");
        float[] FeedForward(int block, string name) => Floats($"transformer_blocks.{block}.feed_forward.{name}");
    }
}
