using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.PmmRec;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.UnitTests.Golden;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.PmmRec.Golden;

[Trait("Category", "Golden")]
public class PmmForwardTests
{
    [Fact]
    public void Forward_FirstBatch_MatchesEveryStage() => PmmTolerances.ForAll(CompareStages);

    [Fact]
    public void Items_WithoutAModalityAndByTower_Match() => PmmTolerances.ForAll(CompareOthers);

    private static void CompareStages(PmmCase golden, PmmTolerances t)
    {
        using var setup = new PmmSetup(golden, t.Type, t.Kernels, PmmSetup.TextFirst);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (model, batch) = (setup.Model, setup.Batch(0));
        void Same(string name, Tensor actual) => Close.To(
            golden.Arrays[$"{t.Prefix}forward/{name}"], GoldenModel.Values(actual), t.Vector, $"{golden.Name} {t.Prefix}{t.Kernels} {name}");

        // The program computes every occurrence of an item.
        var tokens = setup.Tokens.Select(Constant.Indices(batch.Rows.ToArray(), model.Encoder.Positions));
        var (text, image) = (model.ItemEncoder.Project(0, tokens[0].Values), model.ItemEncoder.Project(1, tokens[1].Values));
        Same("text_proj", text);
        Same("image_proj", image);
        var (all, mask) = (cat([text, image], 1), cat([tokens[0].Mask, tokens[1].Mask], 1));
        var fusion = model.ItemEncoder.Fusion!;
        var context = fusion.Context(all, mask);
        var attended = fusion.Attend(all, context);
        Same("fusion_context", context);
        Same("fusion_attn", attended);
        Same("fusion_inter", fusion.Inner(attended));
        Same("fusion_tokens", fusion.Output(attended));
        var items = model.Encode(batch).Vectors;
        Same("item_emb", items);

        // States at padded columns mean nothing.
        Tensor Real(Tensor states) => states.reshape(-1, states.shape[^1]).index_select(0, Constant.Indices(batch.Inputs, states));
        void SameAtInputs(string name, Tensor actual)
        {
            using var inner = NewDisposeScope();
            var expected = Real(setup.Array(golden.Arrays[$"{t.Prefix}forward/{name}"]));
            Close.To(GoldenModel.Values(expected), GoldenModel.Values(Real(actual)), t.Vector, $"{golden.Name} {t.Prefix}{t.Kernels} {name}");
        }
        var history = HistoryMask.Of(batch.Rows, batch.Width, batch.Length, items);
        var z = model.Encoder.Input(items.reshape(batch.Users, batch.Width, -1).narrow(1, 0, batch.Length));
        SameAtInputs("ue_input", z);
        foreach (var (number, block) in model.Encoder.Blocks.Index())
        {
            z = block.Attend(z, history);
            SameAtInputs($"ue_attn{number}", z);
            z = block.FeedForward(z);
            SameAtInputs($"ue_ffn{number}", z);
        }
        var states = model.States(items, batch);
        SameAtInputs("user_states", states);

        Same("logits", NextItemLoss.Logits(states, items, batch, setup.Popularity(batch)));
        Assert.Equal(golden.Arrays["forward/label"].Ints, Array.ConvertAll(batch.Inputs, input => batch.RowOf(input) + 1));
    }

    private static void CompareOthers(PmmCase golden, PmmTolerances t)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        void Same(string name, Tensor actual) => Close.To(
            golden.Arrays[$"{t.Prefix}extra/{name}"], GoldenModel.Values(actual), t.Vector, $"{golden.Name} {t.Prefix}{t.Kernels} {name}");
        using var both = new PmmSetup(golden, t.Type, t.Kernels, PmmSetup.TextFirst);
        var (text, image) = (both.Tokens.Modalities[0], both.Tokens.Modalities[1]);
        Tensor Encode(ModalTokens first, ModalTokens second) => both.Model.ItemEncoder.Encode([first, second]).Vectors;
        Same("fusion_text_only", Encode(text with { Mask = ones_like(text.Mask) }, image with { Mask = zeros_like(image.Mask) }));
        Same("fusion_image_only", Encode(text with { Mask = zeros_like(text.Mask) }, image));
        foreach (var tower in PmmSetup.TextFirst)
        {
            using var single = new PmmSetup(golden, t.Type, t.Kernels, [tower]);
            Same($"{tower}_tower_item_emb", single.Model.ItemEncoder.Encode(single.Tokens.Modalities).Vectors);
        }
    }
}
