// Modules by the number of their inputs.
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A function of 1 argument.</summary>
        public interface IModule<T, TResult>
        {
            /// <summary>Computes the result.</summary>
            TResult call(T input);
        }

        /// <summary>A module of 1 argument.</summary>
        public abstract class Module<T, TResult> : Module, IModule<T, TResult>
        {
            /// <summary>A module with a name for humans.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T input);

            /// <summary>Computes the result, by way of <c>forward</c>.</summary>
            public TResult call(T input) => forward(input);
        }

        /// <summary>A function of 2 arguments.</summary>
        public interface IModule<T1, T2, TResult>
        {
            /// <summary>Computes the result.</summary>
            TResult call(T1 input1, T2 input2);
        }

        /// <summary>A module of 2 arguments.</summary>
        public abstract class Module<T1, T2, TResult> : Module, IModule<T1, T2, TResult>
        {
            /// <summary>A module with a name for humans.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Computes the result, by way of <c>forward</c>.</summary>
            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }

        /// <summary>A function of 3 arguments.</summary>
        public interface IModule<T1, T2, T3, TResult>
        {
            /// <summary>Computes the result.</summary>
            TResult call(T1 input1, T2 input2, T3 input3);
        }

        /// <summary>A module of 3 arguments.</summary>
        public abstract class Module<T1, T2, T3, TResult> : Module, IModule<T1, T2, T3, TResult>
        {
            /// <summary>A module with a name for humans.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            /// <summary>Computes the result, by way of <c>forward</c>.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3) => forward(input1, input2, input3);
        }

        /// <summary>A function of 4 arguments.</summary>
        public interface IModule<T1, T2, T3, T4, TResult>
        {
            /// <summary>Computes the result.</summary>
            TResult call(T1 input1, T2 input2, T3 input3, T4 input4);
        }

        /// <summary>A module of 4 arguments.</summary>
        public abstract class Module<T1, T2, T3, T4, TResult> : Module, IModule<T1, T2, T3, T4, TResult>
        {
            /// <summary>A module with a name for humans.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);

            /// <summary>Computes the result, by way of <c>forward</c>.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4) => forward(input1, input2, input3, input4);
        }

        /// <summary>A function of 5 arguments.</summary>
        public interface IModule<T1, T2, T3, T4, T5, TResult>
        {
            /// <summary>Computes the result.</summary>
            TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);
        }

        /// <summary>A module of 5 arguments.</summary>
        public abstract class Module<T1, T2, T3, T4, T5, TResult> : Module, IModule<T1, T2, T3, T4, T5, TResult>
        {
            /// <summary>A module with a name for humans.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);

            /// <summary>Computes the result, by way of <c>forward</c>.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5) => forward(input1, input2, input3, input4, input5);
        }

        /// <summary>A function of 6 arguments.</summary>
        public interface IModule<T1, T2, T3, T4, T5, T6, TResult>
        {
            /// <summary>Computes the result.</summary>
            TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);
        }

        /// <summary>A module of 6 arguments.</summary>
        public abstract class Module<T1, T2, T3, T4, T5, T6, TResult> : Module, IModule<T1, T2, T3, T4, T5, T6, TResult>
        {
            /// <summary>A module with a name for humans.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);

            /// <summary>Computes the result, by way of <c>forward</c>.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6) => forward(input1, input2, input3, input4, input5, input6);
        }
    }
}
