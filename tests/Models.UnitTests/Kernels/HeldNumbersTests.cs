using System.Reflection;
using Rearm.Streaming.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public class HeldNumbersTests
{
    private const BindingFlags Everything = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    // The byte before the token of the method: call, callvirt, newobj.
    private static readonly byte[] CallInstructions = [0x28, 0x6F, 0x73];

    [Fact]
    public void Models_NumbersForOperators_AreHeldEverywhere()
    {
        var wrapping = MethodsThatWrapNumbers();
        Assert.Contains(wrapping, method => method.Name == "op_Addition");

        var found = MethodsOf(typeof(HeldNumbers).Assembly)
            .SelectMany(method => Calls(method)
                .Where(called => wrapping.Contains(called) && !(method.DeclaringType == typeof(HeldNumbers) && called.DeclaringType == typeof(Scalar)))
                .Select(called => $"{method.DeclaringType}.{method.Name} calls {called}"))
            .Distinct();

        Assert.Equal([], found);
    }

    [Fact]
    public void Operators_OfNumbers_AreTorchSharps()
    {
        using var scope = NewDisposeScope();
        Tensor a = tensor(new[] { 1f, -2, 3 }), b = tensor(new[] { 4f, 5, -6 });

        AssertSame(a + b, a.Plus(b));
        AssertSame(a + 0.1, a.Plus(0.1));
        AssertSame(a * 0.1, a.Times(0.1));
        AssertSame(a / 0.1, a.Over(0.1));
        AssertSame(a.square(), a.Squared());
        AssertSame(a * 0.1, a.clone().Scale(0.1));
        AssertSame(a / 0.1, a.clone().Divide(0.1));
        AssertSame(a + 0.1, a.clone().Add(0.1));
        AssertSame(a.add(b, 0.1), a.clone().AddScaled(b, 0.1));
        AssertSame(a.addcmul(b, b, 0.1), a.clone().AddProduct(b, b, 0.1));
        AssertSame(a.addcdiv(a, b, 0.1), a.clone().AddQuotient(a, b, 0.1));

        static void AssertSame(Tensor expected, Tensor actual) => Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
    }

    // Those that make such an object, by a conversion, and TorchSharp's methods that call one that does.
    private static HashSet<MethodBase> MethodsThatWrapNumbers()
    {
        var calls = MethodsOf(typeof(Scalar).Assembly).ToDictionary(method => method, method => Calls(method).ToArray());
        var found = calls.Keys.Where(method => method.DeclaringType == typeof(Scalar) && method is ConstructorInfo or { Name: "op_Implicit" }).ToHashSet();
        for (var before = -1; before < found.Count;)
        {
            before = found.Count;
            found.UnionWith(calls.Where(method => method.Value.Any(found.Contains)).Select(method => method.Key));
        }
        return found;
    }

    private static IEnumerable<MethodBase> MethodsOf(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => type.GetMethods(Everything).Concat<MethodBase>(type.GetConstructors(Everything)));

    // Wherever four bytes after such an instruction are a method's token. Other instructions' numbers may look the same, which could only find too much.
    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i + sizeof(int) < code.Length; i++)
            if (CallInstructions.Contains(code[i]) && Resolve(method, BitConverter.ToInt32(code, i + 1)) is { } called)
                yield return called;
    }

    private static MethodBase? Resolve(MethodBase method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(
                token, method.DeclaringType?.IsGenericType == true ? method.DeclaringType.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
