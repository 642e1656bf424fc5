using System.Runtime.InteropServices;

namespace Rearm.Streaming.Cli.Embedded;

/// <summary>
/// Finds the build of librdkafka that Confluent.Kafka loads. Its package has several for Linux, and not every build loads on every
/// distribution: the plain one needs libsasl2.so.3, which Debian does not have.
/// </summary>
internal static class Librdkafka
{
    /// <summary>The library's name in imports.</summary>
    public const string Name = "librdkafka";

    // In the order Confluent.Kafka tries them.
    private static readonly string[] Builds = [Name, "centos8-librdkafka", "alpine-librdkafka"];

    private static readonly Lazy<nint> Registered = new(() =>
    {
        var handle = Load();
        NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, (name, _, _) => name == Name ? handle : 0);
        return handle;
    });

    /// <summary>Makes this assembly's imports of <see cref="Name"/> resolve to it. May be called more than once, from any thread.</summary>
    public static void Register() => _ = Registered.Value;

    private static nint Load()
    {
        foreach (var build in Builds)
            if (NativeLibrary.TryLoad(build, typeof(Librdkafka).Assembly, searchPath: null, out var handle))
                return handle;
        throw new DllNotFoundException(
            $"None of librdkafka's builds can be loaded here ({string.Join(", ", Builds)}; {RuntimeInformation.RuntimeIdentifier}). Use a Kafka of your own: --kafka host:port.");
    }
}
