using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Rearm.Streaming.Models.ItemToItem;

/// <summary>
/// The scores S = X W of all users (X: users x items) as inner products of short vectors: of all matrices of rank r, S V V' is the nearest to S,
/// where V are the r first right singular vectors of S. Items are served by the rows of V, users by the rows of X (W V). What is near is a mean over
/// users, so each row of X is taken at length 1 for it: a few users who touched hundreds of items would have most of V otherwise. V is found by randomised
/// subspace iteration (N. Halko, P. Martinsson, J. Tropp, SIAM Review 2011, https://doi.org/10.1137/090771806, algorithm 4.4), so that neither S nor a
/// decomposition of its size is ever stored.
/// </summary>
internal sealed class ScoreFactors
{
    // Directions beyond r that are followed too, and times that S'S is applied: what Halko et al. find to be enough.
    private const int Oversampling = 16;
    private const int Iterations = 4;

    private readonly float[] _items;
    private readonly float[] _projection;

    private ScoreFactors(int rank, float[] items, float[] projection)
    {
        Rank = rank;
        _items = items;
        _projection = projection;
    }

    /// <summary>Width of the vectors: r, or the number of items where that is less.</summary>
    internal int Rank { get; }

    /// <summary>Factorises.</summary>
    /// <param name="users">X.</param>
    /// <param name="weights">W.</param>
    /// <param name="rank">r.</param>
    /// <param name="seed">Of the directions to begin with.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    internal static ScoreFactors Of(SparseRows users, IItemWeights weights, int rank, int seed, CancellationToken cancellationToken)
    {
        var items = weights.Items;
        rank = Math.Min(rank, items);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        users = UnitRows(users);
        using var x = new SparseOperator(users, items, ScalarType.Float32, CPU, KernelMode.Auto);
        using var transposed = new SparseOperator(users.Transpose(items), users.Rows, ScalarType.Float32, CPU, KernelMode.Auto);
        var basis = Orthonormal(Directions(items, Math.Min(items, rank + Oversampling), seed));
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var applied = weights.MultiplyTransposed(transposed.Multiply(x.Multiply(weights.Multiply(basis))));
            var next = Orthonormal(applied).MoveToOuterDisposeScope();
            basis.Dispose();
            basis = next;
        }
        // Within the basis the directions are turned so that the first ones hold most of S.
        var projected = weights.Multiply(basis);
        var scores = x.Multiply(projected);
        var (_, turns) = OnOneThread(() => linalg.eigh(scores.t().mm(scores)));
        var first = turns.flip(1).narrow(1, 0, rank);
        return new(rank, Floats(basis.mm(first)), Floats(projected.mm(first)));
    }

    /// <summary>The vectors for users of any interactions with the same items.</summary>
    /// <param name="users">Their rows, users x items.</param>
    internal unsafe ModelVectors Vectors(SparseRows users)
    {
        var vectors = new float[checked(users.Rows * Rank)];
        fixed (float* projection = _projection, target = vectors)
            SparseProduct.Multiply(users, projection, target, Rank);
        return new(Rank, vectors, _items);
    }

    private static SparseRows UnitRows(SparseRows rows)
    {
        var values = (float[])rows.Values.Clone();
        for (var row = 0; row < rows.Rows; row++)
        {
            var own = values.AsSpan(rows.Pointers[row], rows.Degree(row));
            var length = TensorPrimitives.Norm<float>(own);
            if (length > 0)
                TensorPrimitives.Divide(own, length, own);
        }
        return new(rows.Pointers, rows.Columns, values);
    }

    private static Tensor Directions(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var values = new float[rows * columns];
        foreach (ref var value in values.AsSpan())
            value = random.NextSingle() - 0.5f;
        return tensor(values, [rows, columns]);
    }

    private static Tensor Orthonormal(Tensor columns) => OnOneThread(() => linalg.qr(columns)).Q;

    // LAPACK's decompositions differ in their last bits from one number of threads to another. These are small.
    private static T OnOneThread<T>(Func<T> compute)
    {
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return compute();
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static float[] Floats(Tensor matrix) => TensorMemory.Values(matrix.contiguous(), matrix.numel()).ToArray();
}
