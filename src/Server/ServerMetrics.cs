using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server;

/// <summary>What the Server counts and measures (meter "Rearm.Streaming.Server").</summary>
internal sealed class ServerMetrics
{
    public const string MeterName = "Rearm.Streaming.Server";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _vectorsUnknown;
    private readonly Histogram<double> _duration;

    public ServerMetrics(
        IMeterFactory meters, GenerationFollower follower, TopKEngine engine, ApproximateIndexing indexing, Admission admission, TimeProvider time)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>(
            "rearm.server.requests", "{request}", "Answers by method and outcome: where the ranking came from, or the status of the error.");
        _vectorsUnknown = meter.CreateCounter<long>(
            "rearm.server.vectors.unknown", "{answer}", "Answers that had to do without the user's vector: Redis did not answer, or what it has is damaged.");
        _duration = meter.CreateHistogram<double>("rearm.server.request.duration", "s", "From the request to its answer, without the transport.");
        meter.CreateObservableGauge("rearm.server.calls.running", () => admission.Running, "{call}", "Answers being made, against Server:MaxRunningCalls.");
        meter.CreateObservableCounter(
            "rearm.server.calls.refused", () => admission.Refused, "{call}", "Calls that were refused because Server:MaxRunningCalls ran already.");
        meter.CreateObservableCounter("rearm.server.search.queries", () => engine.Queries, "{query}", "Searches for the best items answered.");
        meter.CreateObservableCounter("rearm.server.search.passes", () => engine.Passes, "{pass}", "Passes over the items that they took: searches that wait share one.");
        meter.CreateObservableCounter(
            "rearm.server.search.approximate", () => engine.Approximate, "{query}", "Searches that an index answered without a pass.");
        meter.CreateObservableGauge(
            "rearm.server.search.recall",
            () => Recall(follower, indexing),
            description: "Share of the exact best 20 that the index finds; 1 while answers are exact.");
        meter.CreateObservableGauge("rearm.server.search.waiting", () => engine.Waiting, "{query}", "Searches that wait for a thread.");
        meter.CreateObservableGauge(
            "rearm.server.generation.number", () => follower.Current.Generation?.Manifest.Number ?? 0, description: "The generation served; 0 before the first.");
        meter.CreateObservableGauge(
            "rearm.server.generation.age", () => Age(follower.Current, time), "s", "Since the generation served was published; 0 before the first.");
        meter.CreateObservableGauge(
            "rearm.server.new_items", () => CountNew(follower.Current.Catalogue.New), "{item}",
            "Items that the generation does not know, by vector: encoded from their features, interim from their neighbours, or none.");
    }

    /// <summary>Runs <paramref name="answer"/> and records how long it took and how it came out.</summary>
    public async Task<T> MeasureAsync<T>(string method, Func<Task<T>> answer, Func<T, string> outcome)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var response = await answer();
            Record(method, outcome(response), start);
            return response;
        }
        catch (Exception e) when (ErrorStatus.Of(e) is { } status)
        {
            Record(method, status.StatusCode.ToString(), start);
            throw;
        }
    }

    /// <summary>Counts an answer without the user's vector.</summary>
    public void VectorUnknown() => _vectorsUnknown.Add(1);

    private void Record(string method, string outcome, long start)
    {
        var tags = new TagList { { "method", method }, { "outcome", outcome } };
        _requests.Add(1, tags);
        _duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
    }

    private static double Recall(GenerationFollower follower, ApproximateIndexing indexing) =>
        follower.Current.Generation is { } generation && indexing.StatusOf(generation) is { Used: true } status ? status.Recall : 1;

    private static Measurement<int>[] CountNew(NewItems items) =>
    [
        new(items.Encoded, new KeyValuePair<string, object?>("vector", "encoded")),
        new(items.WithVector - items.Encoded, new KeyValuePair<string, object?>("vector", "interim")),
        new(items.Count - items.WithVector, new KeyValuePair<string, object?>("vector", "none")),
    ];

    private static double Age(ServingState state, TimeProvider time) =>
        state.Generation is { } generation ? (time.GetUtcNow() - generation.Manifest.PublishedAt.ToDateTimeOffset()).TotalSeconds : 0;
}
