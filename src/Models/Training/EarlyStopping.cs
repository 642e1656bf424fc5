namespace Rearm.Streaming.Models.Training;

/// <summary>
/// Stops after a number of epochs without a better score, compared unrounded (the authors' program waits one epoch longer, on a score
/// rounded to four decimals).
/// </summary>
internal sealed class EarlyStopping(int patience)
{
    /// <summary>The epoch of the best score; 0 before the first.</summary>
    internal int BestEpoch { get; private set; }

    internal double BestScore { get; private set; } = double.NegativeInfinity;

    internal bool ShouldStop { get; private set; }

    /// <summary>Goes on after an epoch of an earlier process.</summary>
    internal void Resume(int epoch, int bestEpoch, double bestScore)
    {
        (BestEpoch, BestScore) = (bestEpoch, bestScore);
        ShouldStop = epoch - bestEpoch >= patience;
    }

    /// <returns>Whether this epoch is the best so far.</returns>
    internal bool Observe(int epoch, double score)
    {
        if (score > BestScore)
        {
            (BestEpoch, BestScore) = (epoch, score);
            return true;
        }
        ShouldStop = epoch - BestEpoch >= patience;
        return false;
    }
}
