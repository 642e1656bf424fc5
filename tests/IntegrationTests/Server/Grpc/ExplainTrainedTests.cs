using System.Text;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.GraphBuilder.Catalogue;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Shops;
using Kind = Rearm.Streaming.Contracts.V1.Evidence.Types.Kind;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

/// <summary>Reasons of a model that was trained, from the events through the GraphBuilder's graphs and its live catalogue to the answer.</summary>
public class ExplainTrainedTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly string[] IsNew = ["i56", "i57", "i58", "i59"];

    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_ShopWithNewItems_EveryClaimIsInTheSnapshotOrTheCatalogue()
    {
        var events = PlantedShop.Events(clicks: 1500).Where(e => e.Interaction is null || !IsNew.Contains(e.Interaction.ItemId)).ToList();
        await using var server = await TestServer.StartAsync(redis);
        await using var catalogue = new CatalogueWriter(redis, server.Publisher.Keys.Prefix);
        Apply(catalogue.State, events.Where(e => !IsNew.Contains(e.Item?.ItemId)));
        var (snapshot, generation) = Train(catalogue.State);
        await server.Publisher.PublishAsync(1, generation);
        await server.ServesAsync(1);
        Apply(catalogue.State, events.Where(e => IsNew.Contains(e.Item?.ItemId)));
        await catalogue.WriteAsync();
        var user = snapshot.UserIds[0];
        var seen = events.Where(e => e.Interaction?.UserId == user).Select(e => e.Interaction.ItemId).Distinct().ToArray();
        foreach (var item in seen)
            await server.Publisher.TouchBeforeTrainingAsync(user, item);
        await server.Publisher.TouchAfterTrainingAsync(user, IsNew[0]);
        var answer = await Wait.UntilAsync(
            "the new items are recommended", async () => await server.Client.RecommendAsync(new() { UserId = user, K = 100, Explain = true }),
            a => IsNew[1..].All(id => a.Items.Any(i => i.ItemId == id)));
        var entries = new Dictionary<string, CatalogueItem>();
        foreach (var id in IsNew)
            entries.Add(id, (await catalogue.EntryAsync(id))!);
        var rows = snapshot.ItemIds.Index().ToDictionary(i => i.Item, i => i.Index);
        var users = Degrees.OfItems(snapshot.Interactions, snapshot.Items);

        Assert.Equal(Source.Personal, answer.Source);
        Assert.All(answer.Items, item => Assert.NotEmpty(item.Evidence));
        foreach (var (item, claim) in answer.Items.SelectMany(item => item.Evidence.Select(claim => (item.ItemId, claim))))
        {
            if (claim.Kind != Kind.Popular)
                Assert.Contains(claim.ItemId, seen.Append(IsNew[0]));
            if (claim.Kind == Kind.SimilarVector)
                Assert.InRange(claim.Value, 0.1, 1 + 1e-5);
            else
                Assert.Contains(claim.Kind switch
                {
                    Kind.Popular => [users[rows[item]]],
                    Kind.CoOccurrence => [Value(snapshot.ItemCooccurrence, item, claim.ItemId), Value(snapshot.ItemCooccurrence, claim.ItemId, item)],
                    _ when claim.Modality.Length == 0 => new double[] { Look(item, claim.ItemId), Look(claim.ItemId, item) },
                    _ => [Value(Semantic(claim.Modality), item, claim.ItemId), Value(Semantic(claim.Modality), claim.ItemId, item)],
                }, value => Math.Abs(value - claim.Value) < 1e-5);
        }

        SparseRows Semantic(string modality) => snapshot.ItemSemantic[snapshot.Modalities.ToList().FindIndex(m => m.Name == modality)];

        double Value(SparseRows graph, string item, string neighbor) =>
            graph.RowColumns(rows[item]).IndexOf(rows[neighbor]) is var at and >= 0 ? graph.RowValues(rows[item])[at] : double.NaN;

        double Look(string item, string neighbor) =>
            entries.GetValueOrDefault(item) is { } entry && entry.NeighborIds.IndexOf(neighbor) is var at and >= 0 ? entry.NeighborCosines[at] : double.NaN;
    }

    private static (GraphSnapshot Snapshot, ModelGeneration Generation) Train(GraphState state)
    {
        var data = TrainingData.HoldOutNewest(SnapshotCutter.Cut(state.Freeze(), new GraphSettings(), [], default), maxUsers: 1000);
        using var model = ModelCatalogue.Get("ials").Create(
            data, new() { Device = TrainingDevice.Cpu, Threads = 1, Parameters = new Dictionary<string, string> { ["factors"] = "16" } });
        model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
        var (vectors, whole) = (model.ServingVectors()!, data.Whole);
        var d = vectors.Width;
        var generation = TestModel.Of(
            [.. whole.ItemIds.Select((id, i) => (id, vectors.Items[(i * d)..][..d]))],
            [.. whole.UserIds.Select((id, u) => (id, vectors.Users[(u * d)..][..d]))]);
        return (whole, generation with
        {
            Popularity = Degrees.OfItems(whole.Interactions, whole.Items),
            Graphs = [
                ItemGraph.Of("", whole.ItemCooccurrence),
                .. whole.Modalities.Zip(whole.ItemSemantic, (modality, graph) => ItemGraph.Of(modality.Name, graph))],
        });
    }

    /// <summary>Events as the GraphBuilder reads them.</summary>
    private static void Apply(GraphState state, IEnumerable<Event> events)
    {
        var topics = new KafkaTopics();
        var applier = new EventApplier(topics, new(new GraphBuilderOptions().EventTypes), state);
        foreach (var (offset, e) in events.Index())
        {
            var (topic, key, value) = e.Item is { } item
                ? (topics.Items, item.ItemId, EventCodec.Write(item))
                : (topics.Interactions, e.Interaction.UserId, EventCodec.Write(e.Interaction));
            Assert.Null(applier.Apply(topic, 0, Encoding.UTF8.GetBytes(key), value, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), offset));
        }
    }
}
