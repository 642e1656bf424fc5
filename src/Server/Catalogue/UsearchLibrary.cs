using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cloud.Unum.USearch;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// USearch's library, called directly: the class that its package brings can't filter, and allocates for each answer. Each call gives an error's text, or zero.
/// </summary>
internal static unsafe partial class UsearchLibrary
{
    /// <summary>The library's name.</summary>
    public const string Name = "libusearch_c";

    /// <summary>Refuses to go on after an error.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public static void Check(nint error)
    {
        if (error != 0)
            throw new InvalidOperationException($"USearch: {Marshal.PtrToStringUTF8(error)}");
    }

    /// <summary>Finds keys whose vectors have great inner products with a query.</summary>
    /// <param name="index">Where.</param>
    /// <param name="query">As wide as the index.</param>
    /// <param name="allowed">Keys that may be found, as an <see cref="ItemSet"/>.</param>
    /// <param name="keys">Takes them.</param>
    /// <param name="distances">Takes how far off they seem; as long.</param>
    /// <returns>How many were found: sometimes fewer than there are.</returns>
    /// <exception cref="InvalidOperationException">More threads search than were said.</exception>
    public static int Find(UsearchHandle index, ReadOnlySpan<float> query, ReadOnlySpan<ulong> allowed, Span<ulong> keys, Span<float> distances)
    {
        fixed (float* q = query, d = distances)
        fixed (ulong* a = allowed, k = keys)
        {
            var found = Search(index, q, ScalarKind.Float32, (nuint)keys.Length, &IsAllowed, a, k, d, out var error);
            Check(error);
            return (int)found;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsAllowed(ulong key, void* allowed) => (int)(((ulong*)allowed)[key >> 6] >> (int)(key & 63)) & 1;

    [LibraryImport(Name, EntryPoint = "usearch_init")]
    public static partial nint Create(IndexOptions* options, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_free")]
    public static partial void Free(nint index, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_reserve")]
    public static partial void Reserve(UsearchHandle index, nuint capacity, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_change_threads_search")]
    public static partial void ChangeSearchThreads(UsearchHandle index, nuint threads, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_change_expansion_search")]
    public static partial void ChangeExpansion(UsearchHandle index, nuint expansion, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_memory_usage")]
    public static partial nuint MemoryUsage(UsearchHandle index, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_add")]
    public static partial void Add(UsearchHandle index, ulong key, float* vector, ScalarKind kind, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_filtered_search")]
    private static partial nuint Search(
        UsearchHandle index, float* query, ScalarKind kind, nuint count, delegate* unmanaged[Cdecl]<ulong, void*, int> filter, void* state, ulong* keys,
        float* distances, out nint error);
}
