// Describes an item, sends a click and one that breaks a rule, and asks for a user's recommendations: dotnet run -- ada
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;

var user = args is [var name, ..] ? name : "ada";
var ingestor = new Uri($"http://{Environment.GetEnvironmentVariable("REARM_INGESTOR") ?? "127.0.0.1:7001"}");
var server = new Uri($"http://{Environment.GetEnvironmentVariable("REARM_SERVER") ?? "127.0.0.1:7031"}");
var apiKey = Environment.GetEnvironmentVariable("REARM_API_KEY");
var now = Timestamp.FromDateTime(DateTime.UtcNow);

// It batches, and retries until each event is accepted or rejected. Make one and share it.
using var sender = new EventSender(ingestor, new() { ApiKey = apiKey });
await SendAsync("red-canoe", new() { Item = new() { EventId = NewId(), ItemId = "red-canoe", Categories = { "Camping" }, Attributes = { ["title"] = "Red canoe" }, Time = now } });
await SendAsync("click", new() { Interaction = new() { EventId = NewId(), UserId = user, ItemId = "red-canoe", Type = "click", Time = now } });
await SendAsync("click of nobody", new() { Interaction = new() { EventId = NewId(), UserId = "", ItemId = "red-canoe", Type = "click", Time = now } });

using var recommender = new RecommenderClient(server, apiKey: apiKey);
// The attributes come along, for a page to be made of one answer.
var answer = await recommender.RecommendAsync(new RecommendRequest { UserId = user, K = 5, Attributes = { "title" } });
Console.WriteLine($"for {user}, {answer.Source.ToString().ToUpperInvariant()}, generation {answer.Generation?.Number}:");
foreach (var item in answer.Items)
    Console.WriteLine($"  {item.Attributes.GetValueOrDefault("title", item.ItemId)} {item.Score}");

// The id makes sending an event again harmless: choose it where the event happens, and keep it with the event.
static string NewId() => $"{Guid.NewGuid()}";

async Task SendAsync(string what, Event @event)
{
    var summary = await sender.SendAsync(@event);
    Console.WriteLine(summary.FirstRejections is [var rejection, ..] ? $"{what}: REJECTED, {rejection.Field} {rejection.Reason}" : $"{what}: ACCEPTED");
}
