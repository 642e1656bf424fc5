using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// C = A B for dense matrices, either of which may be transposed, at the widest vectors that there are, which MKL's product is not on AMD's processors. The
/// order in which an element's products are added up depends on nothing but their number.
/// </summary>
internal static unsafe class DenseProduct
{
    // A tile of C stays in registers: so many rows, and two vectors.
    private const int TileRows = 6;
    private const int TileVectors = 2;

    // As much of B at a time as stays in the first cache while the rows of a chunk pass.
    private const int Depth = 192;

    // Of C's rows: so many that B is worth fetching for them, so few that every thread has some. No sum is split, so the number of threads may decide.
    private const int LeastRows = 4 * TileRows;
    private const int MostRows = 16 * TileRows;
    private const int ChunksPerThread = 2;

    private const int PackedRowsPerChunk = 256;

    private const int Alignment = 64;

    // What is left over of a row has its own way, so every width gets the widest vectors.
    private const int AnyWidth = 0;

    /// <summary>C = A B, or C += A B.</summary>
    /// <param name="a">A, rows x depth.</param>
    /// <param name="b">B, depth x columns.</param>
    /// <param name="c">Takes C, rows x columns, its rows contiguous.</param>
    /// <param name="adds">To what is there, instead of overwriting it.</param>
    public static void Multiply(DenseMatrix a, DenseMatrix b, DenseMatrix c, bool adds = false)
    {
        var rowsPerChunk = Math.Clamp(a.Rows / (ChunksPerThread * Math.Max(1, get_num_threads())), LeastRows, MostRows) / TileRows * TileRows;
        // Where C has few rows, a copy of B would take longer than it saves.
        var inPlace = b.ColumnStride == 1 && b.Rows > a.Rows && b.Columns % (TileVectors * Floats16.Count) == 0;
        var packed = inPlace ? null : Allocate((long)b.Rows * (b.Columns + TileVectors * Floats16.Count));
        if (!inPlace)
            RowChunks.Run(new PackKernel(b, packed), b.Rows, PackedRowsPerChunk, AnyWidth);
        RowChunks.Run(new ProductKernel(a, b, packed, c, adds), a.Rows, rowsPerChunk, AnyWidth);
        NativeMemory.AlignedFree(packed);
    }

    private static float* Allocate(long floats) => (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), Alignment);

    /// <summary>Some rows of B in columns as wide as a tile, the last one filled up with zeros.</summary>
    private readonly struct PackKernel(DenseMatrix b, float* packed) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var tile = TileVectors * TFloat.Count;
            for (var column = 0; column < b.Columns; column += tile)
            {
                var count = Math.Min(tile, b.Columns - column);
                for (var row = begin; row < end; row++)
                {
                    var target = packed + (long)column * b.Rows + (long)row * tile;
                    var source = b.At(row, column);
                    if (b.ColumnStride == 1)
                        new ReadOnlySpan<float>(source, count).CopyTo(new(target, count));
                    else
                        for (var i = 0; i < count; i++)
                            target[i] = source[i * b.ColumnStride];
                    new Span<float>(target + count, tile - count).Clear();
                }
            }
        }
    }

    private readonly struct ProductKernel(DenseMatrix a, DenseMatrix b, float* packed, DenseMatrix c, bool adds) : IRowKernel
    {
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var (rows, tile) = (end - begin, TileVectors * TFloat.Count);
            var transposed = a.ColumnStride != 1;
            var scratch = Allocate(TileRows * tile + (transposed ? rows * Depth : 0));
            var spare = new DenseMatrix(scratch, TileRows, tile, tile, 1);
            var from = 0;
            do
            {
                var depth = Math.Min(Depth, a.Columns - from);
                var left = transposed ? Copied(a.Part(begin, from, rows, depth), scratch + TileRows * tile) : a.Part(begin, from, rows, depth);
                for (var column = 0; column < b.Columns; column += tile)
                {
                    var width = Math.Min(tile, b.Columns - column);
                    var right = packed is null
                        ? b.Part(from, column, depth, tile)
                        : new DenseMatrix(packed + (long)column * b.Rows + (long)from * tile, depth, tile, tile, 1);
                    for (var row = 0; row < rows; row += TileRows)
                    {
                        var height = Math.Min(TileRows, rows - row);
                        var target = c.Part(begin + row, column, height, width);
                        var whole = height == TileRows && width == tile;
                        Tile<TFloat, TInt>(left.Part(row, 0, height, depth), right, whole ? target : spare, whole && (adds || from > 0));
                        if (!whole)
                            Move(spare, target, adds || from > 0);
                    }
                }
                from += Depth;
            }
            while (from < a.Columns);
            NativeMemory.AlignedFree(scratch);
        }

        // Columns one after the other, because far apart they would push each other out of the cache.
        private static DenseMatrix Copied(DenseMatrix source, float* target)
        {
            for (var column = 0; column < source.Columns; column++)
                new ReadOnlySpan<float>(source.At(0, column), source.Rows).CopyTo(new(target + (long)column * source.Rows, source.Rows));
            return new(target, source.Rows, source.Columns, 1, source.Rows);
        }

        private static void Move(DenseMatrix source, DenseMatrix target, bool adds)
        {
            for (var row = 0; row < target.Rows; row++)
                for (var column = 0; column < target.Columns; column++)
                    *target.At(row, column) = *source.At(row, column) + (adds ? *target.At(row, column) : 0);
        }

        // Of fewer rows the last one is computed again instead of those missing.
        [MethodImpl(Loop.Options)]
        private static void Tile<TFloat, TInt>(DenseMatrix left, DenseMatrix right, DenseMatrix target, bool adds)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            int last = left.Rows - 1, depth = left.Columns;
            float* a = left.First, b = right.First, c = target.First;
            long step = left.ColumnStride, strideB = right.RowStride, strideC = target.RowStride;
            float* a1 = left.At(Math.Min(1, last), 0), a2 = left.At(Math.Min(2, last), 0), a3 = left.At(Math.Min(3, last), 0);
            float* a4 = left.At(Math.Min(4, last), 0), a5 = left.At(Math.Min(5, last), 0);
            var n = TFloat.Count;
            TFloat c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
            TFloat c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
            for (long p = 0, at = 0; p < depth; p++, at += step)
            {
                TFloat b0 = TFloat.Load(b), b1 = TFloat.Load(b + n);
                b += strideB;
                var x = TFloat.Create(a[at]);
                c00 = TFloat.MultiplyAdd(x, b0, c00);
                c01 = TFloat.MultiplyAdd(x, b1, c01);
                x = TFloat.Create(a1[at]);
                c10 = TFloat.MultiplyAdd(x, b0, c10);
                c11 = TFloat.MultiplyAdd(x, b1, c11);
                x = TFloat.Create(a2[at]);
                c20 = TFloat.MultiplyAdd(x, b0, c20);
                c21 = TFloat.MultiplyAdd(x, b1, c21);
                x = TFloat.Create(a3[at]);
                c30 = TFloat.MultiplyAdd(x, b0, c30);
                c31 = TFloat.MultiplyAdd(x, b1, c31);
                x = TFloat.Create(a4[at]);
                c40 = TFloat.MultiplyAdd(x, b0, c40);
                c41 = TFloat.MultiplyAdd(x, b1, c41);
                x = TFloat.Create(a5[at]);
                c50 = TFloat.MultiplyAdd(x, b0, c50);
                c51 = TFloat.MultiplyAdd(x, b1, c51);
            }
            Put<TFloat, TInt>(c00, c01, c, adds);
            Put<TFloat, TInt>(c10, c11, c + strideC, adds);
            Put<TFloat, TInt>(c20, c21, c + 2 * strideC, adds);
            Put<TFloat, TInt>(c30, c31, c + 3 * strideC, adds);
            Put<TFloat, TInt>(c40, c41, c + 4 * strideC, adds);
            Put<TFloat, TInt>(c50, c51, c + 5 * strideC, adds);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Put<TFloat, TInt>(TFloat left, TFloat right, float* target, bool adds)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            if (adds)
            {
                left += TFloat.Load(target);
                right += TFloat.Load(target + TFloat.Count);
            }
            left.Store(target);
            right.Store(target + TFloat.Count);
        }
    }
}
