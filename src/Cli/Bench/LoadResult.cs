using Grpc.Core;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>What came of a load.</summary>
/// <param name="Rate">Calls per second that were meant to begin.</param>
/// <param name="Begun">Calls per second that did.</param>
/// <param name="Latencies">Milliseconds of each, from when it was meant to begin.</param>
/// <param name="Statuses">How each ended.</param>
internal sealed record LoadResult(double Rate, double Begun, double[] Latencies, StatusCode[] Statuses)
{
    private double[] Answered => field ??= [.. Latencies.Where((_, call) => Statuses[call] == StatusCode.OK).Order()];

    /// <summary>The share that was refused because of the load.</summary>
    public double RefusedShare => Share(StatusCode.ResourceExhausted);

    /// <summary>Calls that failed otherwise.</summary>
    public int Failed => Statuses.Count(status => status is not (StatusCode.OK or StatusCode.ResourceExhausted));

    /// <summary>A percentile of the latencies of answered calls, in milliseconds: the least that so many do not exceed.</summary>
    /// <param name="percent">Above 0, to 100.</param>
    public double Percentile(double percent) => Answered.Length == 0 ? double.NaN : Answered[Math.Max(0, (int)Math.Ceiling(Answered.Length * percent / 100) - 1)];

    /// <summary>Of the calls those that were due from one moment up to another, in seconds after the first.</summary>
    public LoadResult Between(double start, double end)
    {
        var calls = (int)Math.Clamp(Math.Ceiling(start * Rate), 0, Latencies.Length)..(int)Math.Clamp(Math.Ceiling(end * Rate), 0, Latencies.Length);
        return new(Rate, Begun, Latencies[calls], Statuses[calls]);
    }

    private double Share(StatusCode status) => Statuses.Count(s => s == status) / (double)Statuses.Length;
}
