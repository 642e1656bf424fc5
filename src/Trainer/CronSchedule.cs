using Cronos;

namespace Rearm.Streaming.Trainer;

/// <summary>Times by a cron expression in a time zone.</summary>
internal sealed class CronSchedule
{
    private readonly CronExpression _expression;
    private readonly TimeZoneInfo _zone;

    private CronSchedule(CronExpression expression, TimeZoneInfo zone) => (_expression, _zone) = (expression, zone);

    /// <summary>The schedule of an expression; null for an empty one.</summary>
    /// <exception cref="ArgumentException">The expression or the time zone makes no sense; the message says why.</exception>
    internal static CronSchedule? Parse(string expression, string timeZone)
    {
        const string Section = TrainerOptions.Section;
        if (string.IsNullOrWhiteSpace(expression))
            return null;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone))
            throw new ArgumentException($"{Section}:{nameof(TrainerOptions.CronTimeZone)} is \"{timeZone}\", which is no time zone here; give a name like UTC or Europe/Berlin.");
        try
        {
            var schedule = new CronSchedule(CronExpression.Parse(expression), zone);
            return schedule.Next(DateTimeOffset.UnixEpoch) is not null
                ? schedule
                : throw new ArgumentException($"{Section}:{nameof(TrainerOptions.Cron)} is \"{expression}\", a time that never comes.");
        }
        catch (CronFormatException e)
        {
            throw new ArgumentException($"{Section}:{nameof(TrainerOptions.Cron)} is \"{expression}\", which is no cron expression of five fields, e.g. \"0 3 * * *\": {e.Message}");
        }
    }

    /// <summary>The first time after another; null: there is none.</summary>
    internal DateTimeOffset? Next(DateTimeOffset after) => _expression.GetNextOccurrence(after, _zone);
}
