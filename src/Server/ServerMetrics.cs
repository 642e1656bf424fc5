using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server;

/// <summary>What the Server counts and measures (meter "Rearm.Streaming.Server").</summary>
internal sealed class ServerMetrics
{
    public const string MeterName = "Rearm.Streaming.Server";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;

    public ServerMetrics(IMeterFactory meters, GenerationFollower follower, TimeProvider time)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>(
            "rearm.server.requests", "{request}", "Answers by method and outcome: where the ranking came from, or the status of the error.");
        _duration = meter.CreateHistogram<double>("rearm.server.request.duration", "s", "From the request to its answer, without the transport.");
        meter.CreateObservableGauge(
            "rearm.server.generation.number", () => follower.Current.Generation?.Manifest.Number ?? 0, description: "The generation served; 0 before the first.");
        meter.CreateObservableGauge(
            "rearm.server.generation.age", () => Age(follower.Current, time), "s", "Since the generation served was published; 0 before the first.");
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

    private void Record(string method, string outcome, long start)
    {
        var tags = new TagList { { "method", method }, { "outcome", outcome } };
        _requests.Add(1, tags);
        _duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
    }

    private static double Age(ServingState state, TimeProvider time) =>
        state.Generation is { } generation ? (time.GetUtcNow() - generation.Manifest.PublishedAt.ToDateTimeOffset()).TotalSeconds : 0;
}
