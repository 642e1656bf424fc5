namespace Rearm.Streaming.Contracts;

/// <summary>
/// Asked when work begins that may take long, by whoever does it; gives what is to be told how much of it is done. That may be told by any thread.
/// </summary>
/// <param name="what">The work, e.g. "Cutting user_interest:image".</param>
/// <param name="unit">What is counted, in the plural, e.g. "rows".</param>
/// <param name="total">How many there are; 0: that is not known.</param>
public delegate IProgress<long> ProgressOf(string what, string unit, long total);
