namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>Arrays that grow by a half, without the capacity that List keeps for each of a million small rows.</summary>
internal static class Rows
{
    public static int Insert<T>(ref T[] values, int count, int index, T value)
    {
        if (count == values.Length)
            Array.Resize(ref values, Math.Max(2, count + count / 2));
        Array.Copy(values, index, values, index + 1, count - index);
        values[index] = value;
        return count + 1;
    }

    public static int RemoveAt<T>(T[] values, int count, int index)
    {
        Array.Copy(values, index + 1, values, index, count - index - 1);
        return count - 1;
    }
}
