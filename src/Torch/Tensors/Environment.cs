// Random numbers, threads and versions.
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers; this stand-in has the global one only.</summary>
    public class Generator
    {
        internal static readonly Generator Default = new(0);

        private Generator(long seed) => initial_seed = seed;

        /// <summary>The seed it was last given.</summary>
        public long initial_seed { get; private set; }

        /// <summary>Starts over from a seed.</summary>
        public Generator manual_seed(long seed)
        {
            initial_seed = seed;
            Native.Check(Native.rearm_manual_seed(seed));
            return this;
        }
    }

    /// <summary>Starts the random numbers of every device over from a seed.</summary>
    public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);

    /// <summary>Random numbers.</summary>
    public static partial class random
    {
        /// <summary>Starts the random numbers of every device over from a seed.</summary>
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);
    }

    /// <summary>How many threads one operator may use.</summary>
    public static int get_num_threads() => Native.rearm_get_num_threads();
    /// <summary>Sets how many threads one operator may use.</summary>
    public static void set_num_threads(int num) => Native.Check(Native.rearm_set_num_threads(num));
    /// <summary>How many operators may run at once.</summary>
    public static int get_num_interop_threads() => Native.rearm_get_num_interop_threads();
    /// <summary>Sets how many operators may run at once; only before the first one.</summary>
    public static void set_num_interop_threads(int num) => Native.Check(Native.rearm_set_num_interop_threads(num));

    /// <summary>libtorch's version, such as "1.13.1".</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(Native.rearm_version())!;
}
