using System.Globalization;

namespace Rearm.Streaming.Storage.Leases;

/// <summary>Who holds a lease.</summary>
/// <param name="Token">Grows with each acquisition.</param>
/// <param name="Owner">Machine, process and a random part.</param>
public sealed record LeaseHolder(long Token, string Owner)
{
    internal string Stored => string.Create(CultureInfo.InvariantCulture, $"{Token} {Owner}");

    internal static LeaseHolder? Read(string? stored) =>
        stored?.Split(' ', 2) is [var token, var owner] && long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new(number, owner) : null;
}
