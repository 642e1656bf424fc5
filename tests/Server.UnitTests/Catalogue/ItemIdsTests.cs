using System.Text;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class ItemIdsTests
{
    [Fact]
    public void TryGetRow_AnyIds_IsWhatADictionarySays()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            string[] known = [.. Enumerable.Range(0, random.Next(200)).Select(_ => Id(random)).Distinct()];
            var (ids, rows) = (Of(known), known.Index().ToDictionary(id => id.Item, id => id.Index, StringComparer.Ordinal));
            foreach (var id in known.Concat(Enumerable.Range(0, 500).Select(_ => Id(random))))
            {
                var isKnown = ids.TryGetRow(id, out var row);
                Assert.Equal(rows.TryGetValue(id, out var expected), isKnown);
                if (isKnown)
                    Assert.Equal((expected, id), (row, ids[row]));
            }
        }
    }

    [Fact]
    public void TryGetRow_NoUnicode_IsNoItemsId() => Assert.False(Of("\ufffd").TryGetRow("\ud800", out _));

    [Theory]
    [InlineData(170)]
    [InlineData(171)]
    [InlineData(5000)]
    public void TryGetRow_LongId_IsFound(int length)
    {
        var id = new string('\u20ac', length);
        Assert.True(Of("a", id).TryGetRow(id, out var row));
        Assert.Equal(1, row);
    }

    [Fact]
    public void TryGetRow_IdOfAnItem_AllocatesNothing()
    {
        var ids = Of("little-tent", "stove");
        Assert.Equal(0, Allocations.Of(() => ids.TryGetRow("stove", out _)));
    }

    [Fact]
    public void Create_IdTwice_IsRefusedAndNamed() =>
        Assert.Contains("\"stove\" is there twice", Assert.Throws<ArgumentException>(() => Of("stove", "tent", "stove")).Message);

    // Short ones of few characters, so that many begin like others and some come twice.
    private static string Id(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => (string[])["a", "b", "\u00e9", "\u20ac", "\U0001f3d5"]).Select(letters => letters[random.Next(letters.Length)]));

    private static ItemIds Of(params string[] ids)
    {
        var starts = new int[ids.Length + 1];
        for (var row = 0; row < ids.Length; row++)
            starts[row + 1] = starts[row] + Encoding.UTF8.GetByteCount(ids[row]);
        return new(Encoding.UTF8.GetBytes(string.Concat(ids)), starts);
    }
}
