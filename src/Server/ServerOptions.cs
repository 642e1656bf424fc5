using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.WebConsole;

namespace Rearm.Streaming.Server;

/// <summary>How the Server answers (configuration section "Server").</summary>
public sealed class ServerOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Server";

    /// <summary>How often Redis is asked for a new generation and for items that must not be shown, 10 ms to 1 minute.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an answer waits for the user's history and vector, and then for the items' attributes, before it goes out without, 10 ms to 1 minute.</summary>
    public TimeSpan HistoryTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The share of a user's vector that comes from the items touched since training: 0 (none) to 1 (all). Not for a sequence model, which reads them itself.
    /// </summary>
    [Range(0f, 1f)]
    public float RecentWeight { get; set; } = 0.3f;

    /// <summary>How many of the newest items touched since training count.</summary>
    [Range(1, 1000)]
    public int RecentItems { get; set; } = 20;

    /// <summary>
    /// How long the interim vectors of new items are, in the mean length of their neighbours' vectors, to 10: the longer, the higher new items rank, and known ones give
    /// way. 0: as the mean of the neighbours comes out, which is so short that new items hardly ever get among the best of all. Vectors that a generation's item
    /// encoder makes stay as they are.
    /// </summary>
    [Range(0f, 10f)]
    public float NewItemLength { get; set; } = 1;

    /// <summary>
    /// The types of events that make an item seen, unless a request names others: e.g. purchase alone, so that what was only viewed is shown again. Empty: all.
    /// </summary>
    public string[] SeenTypes { get; set; } = [];

    /// <summary>How many threads may search at a time; 0: as many as there are cores. Above about 160,000 items of 192 numbers they help each other with one search.</summary>
    [Range(0, 1024)]
    public int SearchThreads { get; set; }

    /// <summary>How many searches may wait for a thread. They share the next pass over the items; further ones are refused with RESOURCE_EXHAUSTED.</summary>
    [Range(1, 65536)]
    public int MaxWaitingSearches { get; set; } = 1024;

    /// <summary>
    /// Items from which on an index (USearch) answers, which misses some of the best items; 0: never. It is built on one thread when a generation has been
    /// loaded, which takes minutes at a million items. Until then, and wherever the index can't answer, answers are exact.
    /// </summary>
    [Range(0, 100_000_000)]
    public int ApproximateFrom { get; set; }

    /// <summary>
    /// Candidates that the index gives for an answer: the more, the more of the best items are found, and the longer it takes. Requests for more than a quarter
    /// as many items are answered exactly.
    /// </summary>
    [Range(20, ApproximateIndex.MaxExpansion)]
    public int ApproximateExpansion { get; set; } = 128;

    /// <summary>The share of the best 20 items that the index must find, as measured for a sample of users when it has been built; else answers stay exact.</summary>
    [Range(0.0, 1.0)]
    public double ApproximateMinRecall { get; set; } = 0.95;

    /// <summary>
    /// How many calls may run at a time; 0: 16 for each core. Further ones are refused with RESOURCE_EXHAUSTED at once, so that beyond capacity those that are
    /// answered are answered in time. A batch counts its requests. Calls that wait for Redis run as well, so raise it where Redis is far: more than calls a second
    /// times its round trip.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxRunningCalls { get; set; }

    /// <summary>Users whose vectors are kept in memory, from the latest answers, for while Redis does not answer; 0: none.</summary>
    [Range(0, 100_000_000)]
    public int CachedUsers { get; set; } = 100_000;

    /// <summary>
    /// Whether the answers for users go to Kafka's topic of impressions, so that GraphBuilders can tell what of them was clicked; what else the Server does
    /// never waits for Kafka.
    /// </summary>
    public bool Impressions { get; set; }

    /// <summary>Impressions that wait for Kafka at most, in memory; further ones are dropped and counted.</summary>
    [Range(100, 1_000_000)]
    public int MaxWaitingImpressions { get; set; } = 10_000;

    /// <summary>The console, in a section of its own.</summary>
    public ConsoleOptions Console { get; } = new();

    /// <summary>What <see cref="SearchThreads"/> comes to on this machine.</summary>
    internal int Searches => SearchThreads == 0 ? Environment.ProcessorCount : SearchThreads;

    /// <summary>What <see cref="MaxRunningCalls"/> comes to on this machine.</summary>
    internal int RunningCalls => MaxRunningCalls == 0 ? 16 * Environment.ProcessorCount : MaxRunningCalls;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Check(nameof(PollInterval), PollInterval).Concat(Check(nameof(HistoryTimeout), HistoryTimeout)).Concat(CheckSeenTypes()).Concat(Console.Problems());

    // No event can be of another type: nothing would ever be seen.
    private IEnumerable<ValidationResult> CheckSeenTypes()
    {
        for (var i = 0; i < SeenTypes.Length; i++)
            if (EventRules.CheckName($"{Section}:{nameof(SeenTypes)}[{i}]", SeenTypes[i]) is { } violation)
                yield return new($"{violation}.", [nameof(SeenTypes)]);
    }

    private static IEnumerable<ValidationResult> Check(string name, TimeSpan value)
    {
        if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromMinutes(1))
            yield return new($"{Section}:{name} is {value}; 00:00:00.010 to 00:01:00 is allowed.", [name]);
    }
}
