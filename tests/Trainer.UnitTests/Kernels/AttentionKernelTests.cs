using Rearm.Streaming.Trainer.Kernels;
using Rearm.Streaming.Trainer.UnitTests.Golden;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.UnitTests.Kernels;

/// <summary>The fused kernel against the plain operators. Where the library was not built there is nothing to compare.</summary>
public class AttentionKernelTests
{
    private const int Rows = 37;

    public static TheoryData<int> Widths => [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 128];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Attend_WithoutDropout_IsThePlainOperators(int width) => Compare(width, 0, 3);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Attend_WithDropout_IsThePlainOperatorsUnderItsMask(int width) => Compare(width, 0.4, 3);

    [Fact]
    public void Attend_LargeLogits_StayFinite() => Compare(64, 0.2, 40);

    [Fact]
    public void Attend_EverythingDropped_IsZero()
    {
        Assert.True(KernelLibrary.IsAvailable, "librearm_kernels.so is missing: run src/Trainer/Kernels/build.sh.");
        using var scope = NewDisposeScope();
        var q = rand(3, 8);
        Assert.Equal(0f, AttentionKernel.Attend(q, q, q, 1, 1).abs().max().item<float>());
    }

    [Fact]
    public void Mask_AtFourTenths_DropsFourTenths()
    {
        Assert.True(KernelLibrary.IsAvailable, "librearm_kernels.so is missing: run src/Trainer/Kernels/build.sh.");
        using var scope = NewDisposeScope();
        var mask = AttentionKernel.Mask(100, 64, 0.4, 12345);
        Assert.InRange(mask.eq(0).to(ScalarType.Float32).mean().item<float>(), 0.395f, 0.405f);
        Assert.InRange(mask.mean().item<float>(), 0.99f, 1.01f);
        // Neither rows nor seeds repeat each other.
        Assert.InRange(mask[0].eq(mask[1]).to(ScalarType.Float32).mean().item<float>(), 0.47f, 0.57f);
        Assert.InRange(mask.eq(AttentionKernel.Mask(100, 64, 0.4, 12346)).to(ScalarType.Float32).mean().item<float>(), 0.5f, 0.54f);
    }

    private static void Compare(int width, double dropout, double scale)
    {
        Assert.True(KernelLibrary.IsAvailable, "librearm_kernels.so is missing: run src/Trainer/Kernels/build.sh.");
        using var scope = NewDisposeScope();
        manual_seed(width);
        const long Seed = 987654321987;
        var weight = rand(Rows, width);
        Tensor[] Fresh(Tensor[] values) => [.. values.Select(v => v.detach().clone().requires_grad_())];
        Tensor[] start = [(rand(Rows, width) - 0.5) * scale, (rand(Rows, width) - 0.5) * scale, rand(Rows, width) - 0.5];

        var ours = Fresh(start);
        var fused = AttentionKernel.Attend(ours[0], ours[1], ours[2], dropout, Seed);
        (fused * weight).sum().backward();

        var theirs = Fresh(start);
        var weights = nn.functional.softmax(theirs[0].unsqueeze(2) * theirs[1].unsqueeze(1), 2) * AttentionKernel.Mask(Rows, width, dropout, Seed);
        var plain = weights.matmul(theirs[2].unsqueeze(2)).squeeze(2);
        (plain * weight).sum().backward();

        Close.To(GoldenModel.Values(plain), GoldenModel.Values(fused), 1e-5 * Math.Max(1, scale), "value");
        for (var i = 0; i < 3; i++)
            Close.To(GoldenModel.Values(theirs[i].grad!), GoldenModel.Values(ours[i].grad!), 2e-5 * Math.Max(1, scale), $"gradient {i}");
    }
}
