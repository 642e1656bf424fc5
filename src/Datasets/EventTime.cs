using System.Globalization;

namespace Rearm.Streaming.Datasets;

/// <summary>Reads the times that data sets come with.</summary>
internal static class EventTime
{
    /// <summary>What can be read, for error messages.</summary>
    public const string Forms = "Unix seconds or milliseconds, or ISO 8601,";

    // As seconds this is the year 5138; as milliseconds, 1973.
    private const double FirstMilliseconds = 1e11;

    /// <summary>Reads Unix seconds (whole or not), Unix milliseconds or an ISO 8601 date (UTC unless it says otherwise), from 1970 to 9999.</summary>
    public static bool TryParse(string text, out long milliseconds)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            if (number is >= 0 and < 253402300800000)
            {
                milliseconds = (long)Math.Round(number < FirstMilliseconds ? number * 1000 : number);
                return true;
            }
        }
        else if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && date >= DateTimeOffset.UnixEpoch)
        {
            milliseconds = date.ToUnixTimeMilliseconds();
            return true;
        }
        milliseconds = 0;
        return false;
    }
}
