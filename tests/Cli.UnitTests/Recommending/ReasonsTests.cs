using Rearm.Streaming.Cli.Recommending;
using Rearm.Streaming.Contracts.V1;
using Kind = Rearm.Streaming.Contracts.V1.Evidence.Types.Kind;

namespace Rearm.Streaming.Cli.UnitTests.Recommending;

public class ReasonsTests
{
    [Fact]
    public void Of_ManyReasons_HasTheStrongestOfEachKind()
    {
        var item = new ScoredItem
        {
            Evidence =
            {
                new Evidence { Kind = Kind.CoOccurrence, ItemId = "tent", Value = 12 },
                new Evidence { Kind = Kind.CoOccurrence, ItemId = "stove", Value = 3 },
                new Evidence { Kind = Kind.SimilarFeatures, Modality = "image", ItemId = "boots", Value = 0.914 },
                new Evidence { Kind = Kind.SimilarVector, ItemId = "lamp", Value = 0.5 },
            },
        };

        Assert.Equal("12 users touched it and tent; image like boots (0.91); liked by whom lamp is liked by (0.50)", Reasons.Of(item));
    }

    [Theory]
    [InlineData(Kind.Popular, 4.0, "4 users touched it")]
    [InlineData(Kind.SimilarFeatures, 0.5, "new, and like tent (0.50)")]
    [InlineData((Kind)99, 1.0, "")]
    public void Of_OneReason_IsInWords(Kind kind, double value, string expected) =>
        Assert.Equal(expected, Reasons.Of(new() { Evidence = { new Evidence { Kind = kind, ItemId = "tent", Value = value } } }));

    [Fact]
    public void Of_None_IsEmpty() => Assert.Equal("", Reasons.Of(new()));
}
