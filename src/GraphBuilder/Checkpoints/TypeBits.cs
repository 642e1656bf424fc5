using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>Translates the bits of event types in a checkpoint into a state's own. The configuration may have changed between the two.</summary>
/// <param name="before">The checkpoint's types.</param>
/// <param name="now">The state's.</param>
internal sealed class TypeBits(IReadOnlyList<string> before, IReadOnlyList<string> now)
{
    private readonly byte[]? _translated = before.SequenceEqual(now) ? null : [.. Enumerable.Range(0, 256).Select(bits => Translate(bits, before, now))];

    public void Translate(Span<Pair> pairs)
    {
        if (_translated is not null)
            foreach (ref var pair in pairs)
                pair = pair with { Types = _translated[pair.Types] };
    }

    private static byte Translate(int bits, IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        var translated = 0;
        for (var bit = 0; bit < now.Count; bit++)
            for (var old = 0; old < before.Count; old++)
                if ((bits >> old & 1) != 0 && before[old] == now[bit])
                    translated |= 1 << bit;
        return (byte)translated;
    }
}
