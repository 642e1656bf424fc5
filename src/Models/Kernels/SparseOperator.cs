using Rearm.Streaming.Contracts.Snapshots;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>A constant sparse matrix that multiplies dense ones: y = G x, with gradients to x. By the managed kernel where it fits.</summary>
internal sealed class SparseOperator : IDisposable
{
    private readonly SparseRows? _rows;
    private readonly SparseRows? _transposed;
    private readonly Tensor? _coordinates;

    /// <param name="matrix">The matrix.</param>
    /// <param name="columns">Its number of columns.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where it multiplies.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal SparseOperator(SparseRows matrix, int columns, ScalarType dtype, Device device, KernelMode kernels)
    {
        Entries = matrix.Count;
        if (kernels == KernelMode.Auto && TensorMemory.Fits(dtype, device.type))
            (_rows, _transposed) = (matrix, matrix.Transpose(columns));
        else
            _coordinates = Coordinates(matrix, columns, dtype, device);
    }

    /// <summary>By plain operators, in the precision that the matrix has.</summary>
    /// <param name="matrix">Sparse, in coordinates; belongs to the operator from now on.</param>
    internal SparseOperator(Tensor matrix)
    {
        _coordinates = matrix.DetachFromDisposeScope();
        Entries = (int)matrix.SparseIndices.shape[1];
    }

    /// <summary>Numbers in the matrix.</summary>
    internal int Entries { get; }

    /// <param name="dense">Columns x width.</param>
    /// <returns>Rows x width.</returns>
    internal Tensor Multiply(Tensor dense) =>
        _coordinates is not null ? _coordinates.mm(dense) : SparseFunction.Multiply(_rows!, _transposed!, dense);

    /// <summary>The mean of x, G x, ..., G^n x; G is square.</summary>
    /// <param name="dense">x, rows x width.</param>
    /// <param name="highest">n, 0 or more.</param>
    internal Tensor MeanOfPowers(Tensor dense, int highest) => _coordinates is null
        ? PropagationFunction.Mean(_rows!, _transposed!, dense, highest)
        : PlainSum(dense, highest).Over(highest + 1);

    /// <summary>The sum of x, G x, ..., G^n x; G is square.</summary>
    /// <inheritdoc cref="MeanOfPowers"/>
    internal Tensor SumOfPowers(Tensor dense, int highest) => _coordinates is null
        ? PropagationFunction.Sum(_rows!, _transposed!, dense, highest)
        : PlainSum(dense, highest);

    private Tensor PlainSum(Tensor dense, int highest)
    {
        var (power, sum) = (dense, dense);
        for (var n = 0; n < highest; n++)
        {
            power = Multiply(power);
            sum = sum.Plus(power);
        }
        return sum;
    }

    public void Dispose() => _coordinates?.Dispose();

    private static Tensor Coordinates(SparseRows matrix, int columns, ScalarType dtype, Device device)
    {
        var indices = new long[2, matrix.Count];
        for (var row = 0; row < matrix.Rows; row++)
            for (var e = matrix.Pointers[row]; e < matrix.Pointers[row + 1]; e++)
                (indices[0, e], indices[1, e]) = (row, matrix.Columns[e]);
        using var scope = NewDisposeScope();
        return sparse_coo_tensor(tensor(indices), tensor(matrix.Values).to(dtype), [matrix.Rows, columns])
            .to(device).DetachFromDisposeScope();
    }
}
