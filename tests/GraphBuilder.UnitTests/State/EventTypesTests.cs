using System.ComponentModel.DataAnnotations;
using System.Text;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class EventTypesTests
{
    [Fact]
    public void Names_Defaults_AreThePositiveTypesWithABitEach()
    {
        var types = new EventTypes(new GraphBuilderOptions().EventTypes);
        Assert.Equal(["cart", "click", "like", "purchase", "view"], types.Names);
        Assert.True(types.TryGet("purchase"u8, out var meaning));
        Assert.Equal(0b01000, meaning.Types);
        Assert.True(types.TryGet("return"u8, out meaning));
        Assert.Equal(0, meaning.Types);
        Assert.False(types.TryGet("unheard-of"u8, out meaning));
        Assert.Equal(0, meaning.Types);
    }

    [Fact]
    public void Create_MoreTypesThanCanBeToldApart_IsRefused()
    {
        var table = Enumerable.Range(0, 9).ToDictionary(n => $"type-{n}", _ => "2");
        Assert.Contains("9 event types have a weight; at most 8", Assert.Throws<FormatException>(() => new EventTypes(table)).Message);
        table["type-0"] = "ignore";
        Assert.Equal(8, new EventTypes(table).Names.Count);
    }

    [Theory]
    [InlineData("view", false, PairKind.Positive, 1)]
    [InlineData("purchase", false, PairKind.Positive, 5)]
    [InlineData("dislike", false, PairKind.Negative, 0)]
    [InlineData("return", false, PairKind.Negative, 0)]
    [InlineData("retract", false, PairKind.Retracted, 0)]
    public void TryGet_DefaultTable_SaysWhatATypeCountsFor(string type, bool ignored, object kind, float weight)
    {
        Assert.True(GraphStates.Types.TryGet(Encoding.UTF8.GetBytes(type), out var meaning));
        Assert.Equal((ignored, (PairKind)kind, weight), (meaning.Ignored, meaning.Kind, meaning.Weight));
    }

    [Fact]
    public void TryGet_Impression_IsIgnored()
    {
        Assert.True(GraphStates.Types.TryGet("impression"u8, out var meaning));
        Assert.True(meaning.Ignored);
    }

    [Theory]
    [InlineData("zoom")]
    [InlineData("a-name-that-is-longer-than-any-type-may-be")]
    public void TryGet_TypeThatIsNotNamed_CountsOne(string type)
    {
        Assert.False(GraphStates.Types.TryGet(Encoding.UTF8.GetBytes(type), out var meaning));
        Assert.Equal(new EventMeaning(false, PairKind.Positive, 1), meaning);
    }

    // An event can't be of such a type, and a comma separates the names in a history's header.
    [Theory]
    [InlineData("Purchase", "\"Purchase\" has a 'P'")]
    [InlineData("wish,list", "\"wish,list\" has a ','")]
    [InlineData("", "has 0 characters")]
    public void Options_TypeThatNoEventCanHave_IsRefusedByName(string type, string why)
    {
        var options = new GraphBuilderOptions();
        options.EventTypes[type] = "2";
        var results = new List<ValidationResult>();
        Assert.False(Validator.TryValidateObject(options, new(options), results, validateAllProperties: true));
        Assert.Contains(why, Assert.Single(results).ErrorMessage);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1001")]
    [InlineData("NaN")]
    [InlineData("1e3")]
    [InlineData("often")]
    [InlineData("")]
    public void Options_MeaningThatIsNone_AreRefusedByName(string meaning)
    {
        var options = new GraphBuilderOptions();
        options.EventTypes["wish"] = meaning;
        var results = new List<ValidationResult>();
        Assert.False(Validator.TryValidateObject(options, new(options), results, validateAllProperties: true));
        Assert.StartsWith($"The event type \"wish\" counts for \"{meaning}\"; a weight above 0", Assert.Single(results).ErrorMessage);
    }
}
