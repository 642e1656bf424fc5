using System.Numerics;
using System.Numerics.Tensors;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking.Lanes;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>
/// One pass over the item codes for some queries at a time. The rows whose bounds (<see cref="QueryCode"/>) reach what each query's shortlist asks for are
/// scored exactly in the end, so the result is the same as scoring every row. For one pass at a time; its memory is reused.
/// </summary>
/// <param name="kernel">The innermost loops.</param>
internal sealed unsafe class TopKScan(ScanKernel kernel)
{
    /// <summary>Queries of a pass at most: their codes at usual widths and a block of rows are in the first-level cache together.</summary>
    public const int MaxQueries = 64;

    private const int ChunkWords = ScanKernel.ChunkRows / 64;
    private const uint BlockMask = (1u << CodeLayout.BlockRows) - 1;

    // How often a pass looks whether anybody still waits for it: several times a millisecond.
    private const int ChunksBetweenLooks = 64;

    private readonly TopKQuery[] _queries = new TopKQuery[MaxQueries];
    private readonly QueryCode[] _codes = new QueryCode[MaxQueries];
    private readonly Shortlist[] _shortlists = new Shortlist[MaxQueries];
    private readonly PinnedArray<int> _offsets = new(MaxQueries);
    private readonly PinnedArray<int> _dots = new(MaxQueries * ScanKernel.ChunkRows);
    private readonly PinnedArray<float> _cosineScales = new(ScanKernel.ChunkRows);
    private readonly PinnedArray<ushort> _masks = new(ScanKernel.ChunkBlocks);
    private PinnedArray<int> _packed = new(0);
    private ItemVectors _items = null!;
    private int _count;
    private int _quads;
    private bool _anyByCosine;

    /// <summary>Chunks of rows of an item matrix.</summary>
    public static int Chunks(ItemVectors items) => (items.Codes.Blocks + ScanKernel.ChunkBlocks - 1) / ScanKernel.ChunkBlocks;

    /// <summary>Rows scored exactly for a query since <see cref="Begin"/>.</summary>
    public int Scored(int query) => _shortlists[query].Scored;

    /// <summary>Answers queries, on this thread.</summary>
    /// <param name="queries">1 to <see cref="MaxQueries"/> over the same items.</param>
    public void Run(ReadOnlySpan<TopKQuery> queries)
    {
        Begin(queries);
        Pass(0, Chunks(_items));
        Finish();
    }

    /// <summary>Encodes the queries.</summary>
    public void Begin(ReadOnlySpan<TopKQuery> queries)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(queries.Length, MaxQueries);
        _items = queries[0].Items;
        _count = queries.Length;
        // Three take no longer together than two by themselves, so a quad may lack one; one or two are left over.
        var together = _count % ScanKernel.QueriesTogether == 3 ? _count + 1 : _count / ScanKernel.QueriesTogether * ScanKernel.QueriesTogether;
        _quads = together / ScanKernel.QueriesTogether;
        _anyByCosine = false;
        var groups = _items.Codes.Groups;
        if (_packed.Length < MaxQueries * groups)
            _packed = new(MaxQueries * groups);
        for (var q = 0; q < _count; q++)
        {
            var query = _queries[q] = queries[q];
            var inQuad = q % ScanKernel.QueriesTogether;
            _codes[q] = q < together
                ? QueryCode.Encode(query.Vector, _packed.Span[((q - inQuad) * groups + inQuad)..], ScanKernel.QueriesTogether)
                : QueryCode.Encode(query.Vector, _packed.Span[(q * groups)..], 1);
            _offsets.Span[q] = _codes[q].Offset;
            (_shortlists[q] ??= new()).Begin(query, _items);
            _anyByCosine |= query.ByCosine;
        }
    }

    /// <summary>Looks at some chunks of rows.</summary>
    /// <param name="begin">The first.</param>
    /// <param name="end">The one after the last.</param>
    public void Pass(int begin, int end)
    {
        var codes = _items.Codes;
        var groups = codes.Groups;
        for (var chunk = begin; chunk < end; chunk++)
        {
            if ((chunk - begin) % ChunksBetweenLooks == ChunksBetweenLooks - 1 && NobodyWaits())
                return;
            var live = 0u;
            for (var q = 0; q < _count; q++)
                live |= LiveBlocks(_queries[q].Allowed, chunk);
            if (live == 0)
                continue;
            var first = (nint)chunk * ScanKernel.ChunkBlocks;
            var rows = codes.Codes + first * groups * CodeLayout.GroupBytes;
            if (_quads > 0)
                kernel.DotQuads(rows, groups, live, _packed.Pointer, _offsets.Pointer, _quads, _dots.Pointer);
            for (var q = _quads * ScanKernel.QueriesTogether; q < _count; q++)
                kernel.DotOne(rows, groups, live, _packed.Pointer + q * groups, _offsets.Pointer[q], _dots.Pointer + q * ScanKernel.ChunkRows);
            if (_anyByCosine)
                ScaleByCosine(chunk);
            for (var q = 0; q < _count; q++)
                Select(q, chunk);
        }
        GC.KeepAlive(codes);
    }

    /// <summary>Takes over what another scan has found for the same queries in other chunks.</summary>
    public void Merge(TopKScan other)
    {
        for (var q = 0; q < _count; q++)
            _shortlists[q].AddAll(other._shortlists[q]);
    }

    /// <summary>Scores what is left, and gives each query its answer.</summary>
    public void Finish()
    {
        for (var q = 0; q < _count; q++)
            _queries[q].Found = _shortlists[q].Finish(_queries[q].Rows, _queries[q].Scores);
    }

    /// <summary>Lets go of the queries.</summary>
    public void End()
    {
        for (var q = 0; q < _count; q++)
            _shortlists[q].End();
        Array.Clear(_queries);
        (_items, _count) = (null!, 0);
    }

    private void Select(int q, int chunk)
    {
        var allowed = _queries[q].Allowed;
        var live = LiveBlocks(allowed, chunk);
        if (live == 0)
            return;
        var codes = _items.Codes;
        var first = chunk * ScanKernel.ChunkBlocks;
        var scales = _queries[q].ByCosine ? _cosineScales.Pointer : codes.Scales + (nint)chunk * ScanKernel.ChunkRows;
        var dots = _dots.Pointer + q * ScanKernel.ChunkRows;
        var shortlist = _shortlists[q];
        ref readonly var code = ref _codes[q];
        var reaching = kernel.Reaching(dots, scales, codes.Residuals + first, codes.Lengths + first, live, code, shortlist.Floor, _masks.Pointer);
        for (; reaching != 0; reaching &= reaching - 1)
        {
            var block = BitOperations.TrailingZeroCount(reaching);
            var margin = code.ResidualFactor * codes.Residuals[first + block] + code.LengthFactor * codes.Lengths[first + block];
            for (var mask = _masks.Pointer[block] & BlockBits(allowed, first + block); mask != 0; mask &= mask - 1)
            {
                var row = block * CodeLayout.BlockRows + BitOperations.TrailingZeroCount(mask);
                var (scale, product) = (scales[row], code.Step * dots[row]);
                shortlist.Add(chunk * ScanKernel.ChunkRows + row, scale * product, scale * (product + margin) + QueryCode.Tiny);
            }
        }
    }

    private void ScaleByCosine(int chunk)
    {
        var first = chunk * ScanKernel.ChunkRows;
        var rows = Math.Min(ScanKernel.ChunkRows, _items.Count - first);
        TensorPrimitives.Multiply(new(_items.Codes.Scales + first, rows), _items.InverseLengths.AsSpan(first, rows), _cosineScales.Span);
    }

    private bool NobodyWaits()
    {
        for (var q = 0; q < _count; q++)
            if (!_queries[q].IsCancelled)
                return false;
        return true;
    }

    private static uint LiveBlocks(ReadOnlySpan<ulong> allowed, int chunk)
    {
        var live = 0u;
        for (var word = Math.Min(allowed.Length, (chunk + 1) * ChunkWords) - 1; word >= chunk * ChunkWords; word--)
        {
            var bits = allowed[word];
            live <<= 4;
            if (bits != 0)
                live |= Any(bits) | Any(bits >> 16) << 1 | Any(bits >> 32) << 2 | Any(bits >> 48) << 3;
        }
        return live;
    }

    private static uint Any(ulong bits) => (bits & BlockMask) != 0 ? 1u : 0;

    private static uint BlockBits(ReadOnlySpan<ulong> allowed, int block) => (uint)(allowed[block / 4] >> block % 4 * CodeLayout.BlockRows) & BlockMask;
}
