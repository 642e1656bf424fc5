using System.Runtime.CompilerServices;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class PairTests
{
    private const byte Click = 1;
    private const byte Purchase = 2;

    private static readonly Pair Bought = new(7, PairKind.Positive, 5, 100, Purchase, 10);

    [Fact]
    public void Pair_LargestNumbers_AreKeptIn20Bytes()
    {
        var pair = new Pair(int.MaxValue, PairKind.Positive, 1000, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), 0xff, (1L << 40) - 1);
        Assert.Equal((int.MaxValue, 1000f, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()), (pair.Item, pair.Weight, pair.Time));
        Assert.Equal((0xff, (1L << 40) - 1), (pair.Types, pair.Offset));
        Assert.Equal(20, Unsafe.SizeOf<Pair>());
    }

    [Fact]
    public void With_SameEventDeliveredAgain_IsThePairAsItWas() =>
        Assert.Equal(Bought, Bought.With(new(7, PairKind.Positive, 5, 100, Purchase, 11)));

    [Fact]
    public void With_NewerEvent_MovesTheOffset() =>
        Assert.Equal(new(7, PairKind.Positive, 5, 200, Click | Purchase, 11), Bought.With(new(7, PairKind.Positive, 1, 200, Click, 11)));

    [Fact]
    public void With_LateWeakerEvent_AddsItsTypeAlone() =>
        Assert.Equal(new(7, PairKind.Positive, 5, 100, Click | Purchase, 10), Bought.With(new(7, PairKind.Positive, 1, 50, Click, 11)));

    [Fact]
    public void With_LateStrongerEvent_MovesTheOffset() =>
        Assert.Equal(new(7, PairKind.Positive, 9, 100, Click | Purchase, 11), Bought.With(new(7, PairKind.Positive, 9, 50, Click, 11)));

    [Theory]
    [InlineData((int)PairKind.Negative)]
    [InlineData((int)PairKind.Retracted)]
    public void With_NegativeOrRetract_ForgetsTheTypes(int kind)
    {
        var undone = Bought.With(new(7, (PairKind)kind, 0, 200, 0, 11));
        Assert.Equal(new(7, (PairKind)kind, 0, 200, 0, 11), undone);
        Assert.Equal(Click, undone.With(new(7, PairKind.Positive, 1, 300, Click, 12)).Types);
    }
}
