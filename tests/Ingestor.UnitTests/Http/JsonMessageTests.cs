using System.Text.Json;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Http;

namespace Rearm.Streaming.Ingestor.UnitTests.Http;

public class JsonMessageTests
{
    private const string InteractionFields = "an interaction has event_id, user_id, item_id, type, weight, time, session_id, attributes";

    [Fact]
    public void Read_EveryField_IsWhatProtobufsParserReads()
    {
        var interaction = new Interaction
        {
            EventId = "e",
            UserId = "ü \"q\"",
            ItemId = "🙂",
            Type = "view",
            Weight = 2.5f,
            SessionId = "s",
            Time = new() { Seconds = 1_700_000_000, Nanos = 123_456_789 },
            Attributes = { ["a"] = "1", ["b"] = "" },
        };
        var item = new Item
        {
            EventId = "e",
            ItemId = "x",
            Available = false,
            Categories = { "a", "b" },
            Time = new() { Seconds = 5 },
            Features = { ["image"] = new() { Values = { 1, -2.5f, 1e-7f } }, ["text"] = new() },
        };

        foreach (var formatter in new[] { JsonFormatter.Default, new JsonFormatter(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true)) })
        {
            Assert.Equal(interaction, Read<Interaction>(formatter.Format(interaction)));
            Assert.Equal(item, Read<Item>(formatter.Format(item)));
        }
    }

    [Theory]
    [InlineData("2026-01-20T10:00:00Z")]
    [InlineData("2026-01-20T10:00:00.5Z")]
    [InlineData("2026-01-20T10:00:00.123456789+05:30")]
    [InlineData("2026-01-20T10:00:00-11:00")]
    public void Read_Time_IsWhatProtobufsParserReads(string time)
    {
        var json = $"{{\"time\":\"{time}\"}}";

        Assert.Equal(JsonParser.Default.Parse<Interaction>(json), Read<Interaction>(json));
    }

    [Fact]
    public void Read_VectorAsABareList_IsTheVector() =>
        Assert.Equal([1f, 2.5f], Read<Item>("""{"features":{"image":[1,2.5]}}""").Features["image"].Values);

    [Fact]
    public void Read_Null_IsUnset() => Assert.Equal(new Interaction(), Read<Interaction>("""{"user_id":null,"weight":null,"attributes":null}"""));

    [Theory]
    [InlineData("""{"timestamp":"2020-01-01T10:00:00Z"}""", "timestamp", "unknown field \"timestamp\"; " + InteractionFields + ". Is \"time\" meant?")]
    [InlineData("""{"Timestamp":"2020-01-01"}""", "Timestamp", "Is \"time\" meant?")]
    [InlineData("""{"event_time":1577836800}""", "event_time", "Is \"time\" meant?")]
    [InlineData("""{"TIMESTAMP":1577836800}""", "TIMESTAMP", "Is \"time\" meant?")]
    [InlineData("""{"user-id":"a"}""", "user-id", "Is \"user_id\" meant?")]
    [InlineData("""{"usr_id":"a"}""", "usr_id", "Is \"user_id\" meant?")]
    [InlineData("""{"colour":"red"}""", "colour", "unknown field \"colour\"; " + InteractionFields)]
    [InlineData("""{"user_id":123}""", "user_id", "is the number 123; a string is needed, in quotes: \"123\"")]
    [InlineData("""{"item_id":true}""", "item_id", "is true; a string is needed")]
    [InlineData("""{"item_id":["a"]}""", "item_id", "is a list; a string is needed")]
    [InlineData("""{"user_id":"a","userId":"b"}""", "user_id", "is there twice")]
    [InlineData("""{"weight":"heavy"}""", "weight", "is the string \"heavy\"; a number is needed")]
    [InlineData("""{"weight":true}""", "weight", "is true; a number is needed")]
    [InlineData("""{"time":1577836800}""", "time", "\"2020-01-01T00:00:00Z\" if it is Unix seconds")]
    [InlineData("""{"time":1577836800500}""", "time", "\"2020-01-01T00:00:00Z\" if it is Unix milliseconds")]
    [InlineData("""{"time":"1577836800"}""", "time", "\"2020-01-01T00:00:00Z\" if it is Unix seconds")]
    [InlineData("""{"time":"2020-01-01T10:00:00"}""", "time", "which names no zone; end it with Z for UTC")]
    [InlineData("""{"time":"2020-01-01"}""", "time", "a string with date, time and zone, such as \"2026-01-20T10:00:00Z\", is needed")]
    [InlineData("""{"time":"2020-02-30T10:00:00Z"}""", "time", "is needed")]
    [InlineData("""{"time":"2020-02-03T10:00:00.٥Z"}""", "time", "is needed")]
    [InlineData("""{"time":"2020-02-03T10:00:00+0٩:3٠"}""", "time", "is needed")]
    [InlineData("""{"time":"２０２０-02-03T10:00:00Z"}""", "time", "is needed")]
    [InlineData("""{"time":"١٥٧٧٨٣٦٨٠٠"}""", "time", "is needed")]
    [InlineData("""{"time":null}""", "time", "is null")]
    [InlineData("""{"time":{"seconds":5}}""", "time", "is an object")]
    [InlineData("""{"attributes":{"size":5}}""", "attributes[size]", "a string is needed, in quotes: \"5\"")]
    [InlineData("""{"attributes":["a"]}""", "attributes", "an object is needed, such as {\"colour\": \"red\"}")]
    [InlineData("""{"user_id":"\ud800"}""", "event", "no text")]
    [InlineData("[]", "event", "is a list; an interaction is an object with event_id")]
    [InlineData("5", "event", "is the number 5; an interaction is an object")]
    public void Read_SlipInAnInteraction_NamesTheFieldAndTheFormNeeded(string json, string field, string reason) => AssertRefused<Interaction>(json, field, reason);

    [Theory]
    [InlineData("""{"is_hidden":true}""", "is_hidden", "To hide an item, set \"available\": false")]
    [InlineData("""{"category":["x"]}""", "category", "Is \"categories\" meant?")]
    [InlineData("""{"labels":["x"]}""", "labels", "Is \"categories\" meant?")]
    [InlineData("""{"categories":"shoes"}""", "categories", "is the string \"shoes\"; a list is needed, in brackets")]
    [InlineData("""{"categories":["shoes",5]}""", "categories[1]", "a string is needed, in quotes: \"5\"")]
    [InlineData("""{"available":"false"}""", "available", "is the string \"false\"; true or false is needed, without quotes")]
    [InlineData("""{"available":0}""", "available", "is the number 0; true or false is needed")]
    [InlineData("""{"features":[1,2]}""", "features", "such as {\"image\": {\"values\": [0.1, 0.2]}}")]
    [InlineData("""{"features":{"image":"1,2"}}""", "features[image].", "is the string \"1,2\"")]
    [InlineData("""{"features":{"image":{"vector":[1]}}}""", "features[image].vector", "unknown field \"vector\"")]
    [InlineData("""{"features":{"image":{"values":[1,"a"]}}}""", "features[image].values[1]", "is the string \"a\"; a number is needed")]
    [InlineData("""{"features":{"image":[1,null]}}""", "features[image][1]", "is null; a number is needed")]
    [InlineData("""{"features":{"image":[1],"image":[2]}}""", "features[image]", "is there twice")]
    public void Read_SlipInAnItem_NamesTheFieldAndTheFormNeeded(string json, string field, string reason) => AssertRefused<Item>(json, field, reason);

    private static void AssertRefused<T>(string json, string field, string reason) where T : IMessage, new()
    {
        var error = Assert.Throws<EventFormatException>(() => Read<T>(json));

        Assert.Equal(field.TrimEnd('.'), error.Field.TrimEnd('.'));
        Assert.Contains(reason, error.Reason);
    }

    private static T Read<T>(string json) where T : IMessage, new() => JsonMessage.Read<T>(JsonElement.Parse(json), typeof(T) == typeof(Interaction) ? "an interaction" : "an item");
}
