using System.Globalization;

namespace Grpc.Wire;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const long MaxDigits = 99_999_999;

    private static readonly (char Unit, long Ticks)[] s_units =
    [
        ('u', TimeSpan.TicksPerMicrosecond), ('m', TimeSpan.TicksPerMillisecond), ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute), ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>The finest unit that fits, rounded up so that the peer never gives up before the caller does.</summary>
    public static string Format(TimeSpan timeout)
    {
        foreach (var (unit, ticks) in s_units)
        {
            var count = Math.Max(1, (timeout.Ticks + ticks - 1) / ticks);
            if (count <= MaxDigits)
                return string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");
        }
        return $"{MaxDigits}H";
    }

    /// <summary>Reads a header value; false if it is not one.</summary>
    public static bool TryParse(string value, out TimeSpan timeout)
    {
        timeout = default;
        if (value.Length is < 2 or > 9 || !uint.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        switch (value[^1])
        {
            case 'n': timeout = TimeSpan.FromTicks((count + 99) / 100); return true;
            case 'u': timeout = TimeSpan.FromTicks(count * TimeSpan.TicksPerMicrosecond); return true;
            case 'm': timeout = TimeSpan.FromTicks(count * TimeSpan.TicksPerMillisecond); return true;
            case 'S': timeout = TimeSpan.FromTicks(count * TimeSpan.TicksPerSecond); return true;
            case 'M': timeout = TimeSpan.FromTicks(count * TimeSpan.TicksPerMinute); return true;
            case 'H': timeout = TimeSpan.FromTicks(count * TimeSpan.TicksPerHour); return true;
            default: return false;
        }
    }
}
