using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Golden;

[Trait("Category", "Golden")]
public class GoldenForwardTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_Float32_MatchesEveryStage(bool plainOperators)
    {
        foreach (var golden in GoldenCase.All())
            CompareStages(golden, ScalarType.Float32, plainOperators ? KernelMode.Plain : KernelMode.Auto, 1e-4);
    }

    [Fact]
    public void Forward_Float64_MatchesEveryStage()
    {
        foreach (var golden in GoldenCase.All())
            CompareStages(golden, ScalarType.Float64, KernelMode.Plain, 1e-6);
    }

    private static void CompareStages(GoldenCase golden, ScalarType dtype, KernelMode kernels, double tolerance)
    {
        using var setup = new GoldenModel(golden, dtype, kernels);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (model, inputs, parameters) = (setup.Model, setup.Inputs, golden.Parameters);
        var d = parameters.Dimension;
        // Both precisions are judged against the double run: on the way, numbers up to 10 lose as much in the program's single run.
        void Same(string name, Tensor actual)
        {
            var expected = golden.Arrays[$"f64/forward/{name}"];
            Close.To(expected, GoldenModel.Values(actual), tolerance * Math.Max(1, expected.Values.Max(Math.Abs)), $"{golden.Name} {dtype} {kernels} {name}");
        }
        Tensor Activate(Tensor x) => nn.functional.prelu(x, model.named_parameters().Single(p => p.name == "activation.weight").parameter);

        foreach (var (m, letter) in new[] { (0, "v"), (1, "t") })
        {
            Same($"item_proj_{letter}", model.Projections[m].Items(inputs.Modalities[m]));
            Same($"user_proj_{letter}", model.Projections[m].Users(inputs.Modalities[m]));
        }
        var users = model.HomogeneousUsers(inputs);
        var items = model.HomogeneousItems(inputs);
        Same("user_homo", users);
        Same("item_homo", items);

        var (image, text) = (items.narrow(1, d, d), items.narrow(1, 2 * d, d));
        var (selfImage, selfText) = (model.Attention.SelfAttend(0, image), model.Attention.SelfAttend(1, text));
        Same("self_attn_v", selfImage);
        Same("self_attn_t", selfText);
        Same("norm_self_v", model.Attention.Normalize(image, selfImage));
        Same("norm_self_t", model.Attention.Normalize(text, selfText));
        var (ownImage, ownText) = (Activate(model.Attention.Normalize(image, selfImage)), Activate(model.Attention.Normalize(text, selfText)));
        var (crossImage, crossText) = (model.Attention.CrossAttend(0, ownText, ownImage), model.Attention.CrossAttend(1, ownImage, ownText));
        Same("cross_attn_t2v", crossImage);
        Same("cross_attn_v2t", crossText);
        Same("norm_cross_t2v", model.Attention.Normalize(ownImage, crossImage));
        Same("norm_cross_v2t", model.Attention.Normalize(ownText, crossText));

        var (id, modal) = model.Heterogeneous(inputs, users, items);
        Same("hetero_id", id);
        Same("hetero_feat", modal);

        var (userModal, itemModal) = (modal.narrow(0, 0, golden.Users), modal.narrow(0, golden.Users, golden.Items));
        var (userCondition, itemCondition) = (model.UserMeta!.Condition(userModal), model.ItemMeta!.Condition(itemModal));
        Same("meta_user", userCondition);
        Same("meta_item", itemCondition);
        Same("mlp_u1", model.UserMeta.First(userCondition));
        Same("mlp_u2", model.UserMeta.Second(userCondition));
        Same("mlp_i1", model.ItemMeta.First(itemCondition));
        Same("mlp_i2", model.ItemMeta.Second(itemCondition));
        Same("shared", model.Shared(inputs, id, modal));
        Same("representation", model.forward(inputs).Representation);
    }
}
