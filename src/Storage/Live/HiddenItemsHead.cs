using System.Globalization;

namespace Rearm.Streaming.Storage.Live;

/// <summary>Which changes of the hidden items are on record. Stored as "epoch since number".</summary>
/// <param name="Epoch">Drawn by lot whenever the items are written whole: numbers of two epochs have nothing to do with each other.</param>
/// <param name="Since">The changes after this one are on record.</param>
/// <param name="Number">The newest change; the first of an epoch is 1.</param>
public readonly record struct HiddenItemsHead(ulong Epoch, long Since, long Number)
{
    /// <summary>What Redis has.</summary>
    /// <returns>Null: it is no head.</returns>
    public static HiddenItemsHead? Parse(string? text) =>
        text?.Split(' ') is [var epoch, var since, var number]
        && ulong.TryParse(epoch, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var e)
        && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? new(e, s, n)
            : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch:x} {Since} {Number}");
}
