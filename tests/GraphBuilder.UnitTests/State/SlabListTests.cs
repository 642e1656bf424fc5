using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class SlabListTests
{
    [Fact]
    public void Freeze_AnyChangesAfterwards_KeepsWhatWasThere() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var list = new SlabList<int>();
            var twin = new List<int>();
            var pictures = new List<(FrozenList<int> Frozen, int[] Expected)>();
            for (var step = 0; step < 3 * SlabList<int>.SlabLength; step++)
            {
                if (twin.Count == 0 || random.Next(3) > 0)
                {
                    list.Add(step);
                    twin.Add(step);
                }
                else
                {
                    var index = random.Next(twin.Count);
                    list.Edit(index) = twin[index] = -step;
                }
                if (random.Next(2000) == 0)
                    pictures.Add((list.Freeze(), [.. twin]));
            }
            pictures.Add((list.Freeze(), [.. twin]));
            foreach (var (frozen, expected) in pictures)
            {
                Assert.Equal(expected, Enumerable.Range(0, frozen.Slabs).SelectMany(s => frozen.Slab(s).ToArray()));
                Assert.Equal(expected, Enumerable.Range(0, frozen.Count).Select(i => frozen[i]));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    [Fact]
    public void Identity_SlabThatHasNotChanged_IsTheSameAndOneThatHasIsNot()
    {
        var list = new SlabList<int>();
        for (var i = 0; i < 2 * SlabList<int>.SlabLength + 1; i++)
            list.Add(i);
        var before = list.Freeze();
        list.Edit(0) = 7;
        list.Add(8);
        var after = list.Freeze();
        Assert.NotSame(before.Identity(0), after.Identity(0));
        Assert.Same(before.Identity(1), after.Identity(1));
        Assert.NotSame(before.Identity(2), after.Identity(2));
    }
}
