namespace Rearm.Streaming.Trainer.Gate;

/// <summary>
/// How much one model is better than another for the same users: the mean of the users' differences, and the normal interval of 95% of that mean. Users
/// who find both equally good narrow it, as they should: they say that there is little between the two.
/// </summary>
/// <param name="Mean">The mean difference; above 0 where the first is better.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct PairedDifference(double Mean, double Low, double High)
{
    // Of the normal distribution, 95% is within so many standard deviations.
    private const double Deviations = 1.959964;

    /// <summary>Of two models' values for the same users, at least two.</summary>
    public static PairedDifference Of(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(one.Count, other.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(one.Count, 2);
        var differences = one.Zip(other, (a, b) => a - b).ToArray();
        var mean = differences.Average();
        var variance = differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1);
        var half = Deviations * Math.Sqrt(variance / differences.Length);
        return new(mean, mean - half, mean + half);
    }
}
