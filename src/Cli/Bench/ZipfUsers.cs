namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// Who calls: of n users u0, u1, ... the one of rank r with a weight of 1 / r^0.8, so that some come often and most rarely, as in a shop. The same call is
/// always of the same user.
/// </summary>
internal sealed class ZipfUsers
{
    private const double Exponent = 0.8;

    private readonly double[] _upTo;

    /// <param name="users">n.</param>
    public ZipfUsers(int users)
    {
        _upTo = new double[users];
        var sum = 0.0;
        for (var user = 0; user < users; user++)
            _upTo[user] = sum += Math.Pow(user + 1, -Exponent);
    }

    /// <summary>The user of a call.</summary>
    /// <param name="call">Its number, from 0 up.</param>
    public string Of(int call)
    {
        // The golden ratio's multiples fill the unit interval evenly, in an order in which neighbours have nothing to do with each other.
        var place = Array.BinarySearch(_upTo, (call + 0.5) * 0.6180339887498949 % 1 * _upTo[^1]);
        return $"u{Math.Min(place < 0 ? ~place : place, _upTo.Length - 1)}";
    }
}
