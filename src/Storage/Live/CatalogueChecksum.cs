using System.IO.Hashing;
using System.Text;

namespace Rearm.Streaming.Storage.Live;

/// <summary>
/// The checksum of the live catalogue: the sum of its entries' hashes, modulo 2^64. So it is kept up to date entry by entry, and whoever follows the changes
/// can tell whether it has them all.
/// </summary>
public static class CatalogueChecksum
{
    /// <summary>What an entry adds to the sum; never 0.</summary>
    public static ulong Of(string itemId, ReadOnlySpan<byte> entry)
    {
        var hash = new XxHash3();
        hash.Append(Encoding.UTF8.GetBytes(itemId));
        // No id has this byte, so that nothing moves from one to the other.
        hash.Append([0]);
        hash.Append(entry);
        return hash.GetCurrentHashAsUInt64() is var sum and > 0 ? sum : 1;
    }
}
