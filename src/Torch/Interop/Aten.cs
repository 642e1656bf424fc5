using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>Calls ATen operators by their schema's name, "mm" or "add.Tensor"; trailing arguments left out take its defaults.</summary>
internal static unsafe class Aten
{
    private const int MaxResults = 4;
    private static readonly ConcurrentDictionary<string, nint> Operators = new();

    /// <summary>An operator with one tensor as its result.</summary>
    internal static Tensor Call(string name, params ReadOnlySpan<Arg> args)
    {
        Span<Native.Value> results = stackalloc Native.Value[MaxResults];
        Invoke(name, args, results);
        return ToTensor(results[0]) ?? throw new ExternalException($"{name}: returned no tensor");
    }

    /// <summary>An operator that works on <paramref name="self"/> in place, and returns it.</summary>
    internal static Tensor CallInPlace(string name, Tensor self, params ReadOnlySpan<Arg> args)
    {
        Span<Arg> all = [default, default, default, default, default, default, default];
        all[0] = self;
        args.CopyTo(all[1..]);
        Span<Native.Value> results = stackalloc Native.Value[MaxResults];
        Invoke(name, all[..(args.Length + 1)], results);
        if (results[0].Tag == Native.Tag.Tensor)
            Native.rearm_dispose((nint)results[0].Bits);
        return self;
    }

    /// <summary>An operator with two tensors as its results.</summary>
    internal static (Tensor, Tensor) Call2(string name, params ReadOnlySpan<Arg> args)
    {
        Span<Native.Value> results = stackalloc Native.Value[MaxResults];
        Invoke(name, args, results);
        return (ToTensor(results[0])!, ToTensor(results[1])!);
    }

    /// <summary>An operator with three tensors as its results.</summary>
    internal static (Tensor, Tensor, Tensor) Call3(string name, params ReadOnlySpan<Arg> args)
    {
        Span<Native.Value> results = stackalloc Native.Value[MaxResults];
        Invoke(name, args, results);
        return (ToTensor(results[0])!, ToTensor(results[1])!, ToTensor(results[2])!);
    }

    /// <summary>An operator with a list of tensors as its result.</summary>
    internal static Tensor[] CallList(string name, params ReadOnlySpan<Arg> args)
    {
        Span<Native.Value> results = stackalloc Native.Value[MaxResults];
        Invoke(name, args, results);
        var list = (nint*)results[0].Bits;
        var tensors = new Tensor[results[0].Count];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = new Tensor(list[i]);
        Native.rearm_free_list((nint)list);
        return tensors;
    }

    /// <summary>An operator whose result is a number or a truth value.</summary>
    internal static Scalar CallScalar(string name, params ReadOnlySpan<Arg> args)
    {
        Span<Native.Value> results = stackalloc Native.Value[MaxResults];
        Invoke(name, args, results);
        return results[0].Tag switch
        {
            Native.Tag.Double => BitConverter.Int64BitsToDouble(results[0].Bits),
            Native.Tag.Bool => results[0].Bits != 0,
            _ => results[0].Bits,
        };
    }

    private static Tensor? ToTensor(Native.Value value) => value.Tag == Native.Tag.Tensor ? new Tensor((nint)value.Bits) : null;

    [SkipLocalsInit]
    private static void Invoke(string name, ReadOnlySpan<Arg> args, Span<Native.Value> results)
    {
        var items = 0;
        foreach (ref readonly var arg in args)
            items += ListLength(arg);
        Span<long> buffer = items <= 128 ? stackalloc long[128] : new long[items];
        Span<Native.Value> values = stackalloc Native.Value[args.Length];
        int count;
        fixed (long* lists = buffer)
        fixed (Native.Value* first = values, result = results)
        {
            var next = lists;
            for (var i = 0; i < args.Length; i++)
                values[i] = ToNative(args[i], ref next);
            count = Native.rearm_call(OperatorOf(name), first, args.Length, result, results.Length);
        }
        // The tensors whose handles went in must outlive the call.
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].Tag == Native.Tag.String)
                Marshal.FreeCoTaskMem((nint)values[i].Bits);
            GC.KeepAlive(args[i].Object);
        }
        if (count < 0)
            throw Native.Error(name);
    }

    private static int ListLength(in Arg arg) => arg.Object switch
    {
        long[] numbers => numbers.Length,
        IReadOnlyList<Tensor?> tensors => tensors.Count,
        _ => 0,
    };

    /// <summary>Lists are written to <paramref name="next"/>, which moves past them.</summary>
    private static Native.Value ToNative(in Arg arg, ref long* next)
    {
        var value = new Native.Value { Tag = arg.Tag, Bits = arg.Bits };
        switch (arg.Object)
        {
            case long[] numbers:
                (value.Count, value.Bits) = (numbers.Length, (long)next);
                foreach (var number in numbers)
                    *next++ = number;
                break;
            case IReadOnlyList<Tensor?> tensors:
                (value.Count, value.Bits) = (tensors.Count, (long)next);
                for (var i = 0; i < tensors.Count; i++)
                    *next++ = tensors[i]?.Handle ?? 0;
                break;
            case string text:
                value.Bits = Marshal.StringToCoTaskMemUTF8(text);
                break;
        }
        return value;
    }

    private static nint OperatorOf(string name)
    {
        if (Operators.TryGetValue(name, out var found))
            return found;
        var dot = name.IndexOf('.');
        var handle = dot < 0
            ? Native.rearm_operator("aten::" + name, "")
            : Native.rearm_operator("aten::" + name[..dot], name[(dot + 1)..]);
        if (handle == 0)
            throw Native.Error(name);
        return Operators.GetOrAdd(name, handle);
    }
}
