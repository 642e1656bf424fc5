using System.Text;

namespace Rearm.Streaming.Cli.DeadLetters;

/// <summary>Which dead letters are meant.</summary>
internal sealed record LetterFilter
{
    /// <summary>Only those about this user or item.</summary>
    public string? Key { get; init; }

    /// <summary>Only those whose reason has this in it, whatever the case.</summary>
    public string? Reason { get; init; }

    /// <summary>Only those of this service.</summary>
    public string? Service { get; init; }

    /// <summary>Only those written at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only those of records of this topic.</summary>
    public string? Topic { get; init; }

    /// <summary>Only those in this partition of the dead-letter topic.</summary>
    public int? Partition { get; init; }

    /// <summary>Only the one at this offset there.</summary>
    public long? Offset { get; init; }

    /// <summary>The first so many at most.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>Also those that were replayed or dropped before.</summary>
    public bool Handled { get; init; }

    /// <summary>Whether it leaves anything out but what was handled.</summary>
    public bool IsNarrow => (Key ?? Reason ?? Service ?? Topic) is not null || Since is not null || Partition is not null;

    /// <summary>Whether a letter is meant, but for the limit.</summary>
    public bool Takes(StoredLetter stored) =>
        (Handled || stored.Handled is null)
        && (Partition is null || stored.Partition == Partition)
        && (Offset is null || stored.Offset == Offset)
        && (Key is null || stored.Subject == Key || stored.Letter.Key.Span.SequenceEqual(Encoding.UTF8.GetBytes(Key)))
        && (Service is null || stored.Letter.Service == Service)
        && (Topic is null || stored.Letter.SourceTopic == Topic)
        && (Since is null || stored.Letter.Time?.ToDateTimeOffset() >= Since)
        && (Reason is null || stored.Letter.Reason.Contains(Reason, StringComparison.OrdinalIgnoreCase));
}
