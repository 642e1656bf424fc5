using System.Numerics.Tensors;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Ials;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Benchmarks.Approximate;

/// <summary>Items to search, and users to search for.</summary>
/// <param name="Width">Numbers in a vector.</param>
/// <param name="Items">Row-major, items x width.</param>
/// <param name="Users">Row-major, users x width.</param>
/// <param name="Clusters">Row r is of cluster r modulo this; as many as there are items if there are none.</param>
internal sealed record VectorSet(int Width, float[] Items, float[] Users, int Clusters)
{
    private const int RandomWidth = 192;
    private const int TrainedWidth = 64;
    private const int Sample = 128;

    // Members of a cluster differ by this, where cluster centres differ by 1.
    private const float Spread = 0.5f;
    private const int RowsPerCluster = 200;

    // Of interactions, in a shop made of copies.
    private const double Elsewhere = 0.2;

    // Of the logarithm of an item's length.
    private const double LengthDeviation = 0.4;

    /// <summary>Number of items.</summary>
    public int Count => Items.Length / Width;

    /// <summary>A user's vector.</summary>
    public ReadOnlySpan<float> User(int user) => Users.AsSpan(user * Width, Width);

    /// <summary>About a share of the rows, a bit each: whole clusters, as categories are.</summary>
    public ulong[] Allowed(double share)
    {
        var rows = new ulong[ItemSet.WordsFor(Count)];
        var clusters = Enumerable.Range(0, Clusters).Select(cluster => new Random(cluster).NextDouble() < share).ToArray();
        var allowed = new ItemSet(rows);
        for (var row = 0; row < Count; row++)
            if (clusters[row % Clusters])
                allowed.Add(row);
        return rows;
    }

    /// <summary>Independent numbers: nothing is near to anything, which is the worst there is for an index.</summary>
    public static VectorSet Gaussian(int items)
    {
        var (rows, users) = (new float[items * RandomWidth], new float[Sample * RandomWidth]);
        Parallel.For(0, items, row => Fill(rows.AsSpan(row * RandomWidth, RandomWidth), row));
        for (var user = 0; user < Sample; user++)
            Fill(users.AsSpan(user * RandomWidth, RandomWidth), -1 - user);
        return new(RandomWidth, rows, users, items);
    }

    /// <summary>
    /// Clusters of 200 rows. Column c has a deviation of (1 + c)^-1/2, as trained vectors have a few strong directions and many weak ones, and lengths vary
    /// by a log-normal factor, as popular items are long. A user likes one cluster.
    /// </summary>
    public static VectorSet Clustered(int items)
    {
        var clusters = Math.Max(1, items / RowsPerCluster);
        var centres = new float[clusters * RandomWidth];
        for (var cluster = 0; cluster < clusters; cluster++)
            Fill(centres.AsSpan(cluster * RandomWidth, RandomWidth), int.MinValue + cluster);
        var (rows, users) = (new float[items * RandomWidth], new float[Sample * RandomWidth]);
        Parallel.For(0, items, row => Member(rows, row, seed: row, Math.Exp(LengthDeviation * Normal(new Random(~row)))));
        for (var user = 0; user < Sample; user++)
            Member(users, user, seed: -1 - user, length: 1);
        return new(RandomWidth, rows, users, clusters);

        void Member(float[] to, int row, int seed, double length)
        {
            var vector = to.AsSpan(row * RandomWidth, RandomWidth);
            Fill(vector, seed);
            TensorPrimitives.MultiplyAdd(vector, Spread, centres.AsSpan(row % clusters * RandomWidth, RandomWidth), vector);
            for (var column = 0; column < RandomWidth; column++)
                vector[column] *= (float)(length / Math.Sqrt(1 + column));
        }
    }

    /// <summary>
    /// What iALS learns from a data set's training interactions. Larger shops are made of it: all users and items so many times over, where a fifth of the
    /// interactions go to the same item of another copy, so that all copies belong together.
    /// </summary>
    public static VectorSet Trained(string folder, int copies)
    {
        var data = DatasetReader.Read(folder);
        var hyper = new IalsHyperParameters { Factors = TrainedWidth };
        var (users, items) = (copies * data.UserCount, copies * data.ItemCount);
        var vectors = IalsFactorization.Fit(InteractionPairs.ToMatrix(users, Pairs()), items, hyper, seed: 1, CancellationToken.None);
        // A user without interactions has no vector to search by.
        var known = Enumerable.Range(0, users).Where(user => User(user).ContainsAnyExcept(0)).ToArray();
        var sample = known.Where((_, n) => n % (known.Length / Sample) == 0).Take(Sample).SelectMany(user => User(user).ToArray());
        return new(TrainedWidth, vectors.Items, [.. sample], items);

        ReadOnlySpan<float> User(int user) => vectors.Users.AsSpan(user * TrainedWidth, TrainedWidth);

        IEnumerable<InteractionPair> Pairs()
        {
            var random = new Random(1);
            for (var copy = 0; copy < copies; copy++)
                for (var row = 0; row < data.Train.Count; row++)
                {
                    var other = random.NextDouble() < Elsewhere ? random.Next(copies) : copy;
                    yield return new(
                        copy * data.UserCount + data.Train.Users[row], other * data.ItemCount + data.Train.Items[row], data.TimeOf(Split.Train, row));
                }
        }
    }

    private static void Fill(Span<float> vector, int seed)
    {
        var random = new Random(seed);
        foreach (ref var value in vector)
            value = (float)Normal(random);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
