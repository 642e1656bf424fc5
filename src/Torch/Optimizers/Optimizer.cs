using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        /// <summary>Optimizers.</summary>
        public static partial class optim
        {
            /// <summary>Changes parameters by their gradients.</summary>
            public abstract class Optimizer : IDisposable
            {
                /// <summary>The groups, in the order in which they were added.</summary>
                protected IList<ParamGroup> _parameter_groups = [];

                /// <summary>The groups, whose learning rates may be changed between steps.</summary>
                public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

                /// <summary>The parameters of all groups.</summary>
                public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(g => g.Parameters);

                /// <summary>Removes the gradients of all parameters.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                        nn.Module.Clear(parameter, set_to_none: true);
                }

                /// <summary>Changes the parameters once. A closure computes loss and gradients first, and its loss is returned.</summary>
                public abstract Tensor? step(Func<Tensor>? closure = null);

                /// <summary>Adds parameters with options of their own.</summary>
                public abstract void add_param_group(ParamGroup param_group);

                /// <summary>Disposes the optimizer's state; the parameters stay.</summary>
                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                /// <summary>Disposes the optimizer's state.</summary>
                protected virtual void Dispose(bool disposing) { }
            }

            /// <summary>Something with a learning rate.</summary>
            public interface ILearningRateController
            {
                /// <summary>The learning rate of the next step.</summary>
                double LearningRate { get; set; }
                /// <summary>The learning rate at the start.</summary>
                double InitialLearningRate { get; set; }
            }
        }
    }

    namespace Modules
    {
        /// <summary>What sets how a group of parameters is changed.</summary>
        public class OptimizerOptions
        {
            /// <summary>The learning rate of the next step.</summary>
            public double? LearningRate { get; set; }
            /// <summary>The learning rate at the start.</summary>
            public double InitialLearningRate { get; set; }

            /// <summary>Writes the options.</summary>
            public virtual void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(InitialLearningRate);
                writer.Write(LearningRate!.Value);
            }

            /// <summary>Reads what <see cref="SaveStateDict"/> wrote.</summary>
            public virtual void LoadStateDict(BinaryReader reader)
            {
                InitialLearningRate = reader.ReadDouble();
                LearningRate = reader.ReadDouble();
            }
        }

        /// <summary>What an optimizer remembers of one parameter.</summary>
        public abstract class OptimizerState
        {
            /// <summary>Writes the state.</summary>
            public abstract void SaveStateDict(BinaryWriter writer);
            /// <summary>Reads what <see cref="SaveStateDict"/> wrote.</summary>
            public abstract void LoadStateDict(BinaryReader reader);
        }

        /// <summary>Parameters and the options they share.</summary>
        public class ParamGroup : torch.optim.ILearningRateController
        {
            /// <summary>The parameters.</summary>
            public IEnumerable<Parameter> Parameters { get; set; } = [];
            /// <summary>Their options.</summary>
            public OptimizerOptions Options { get; set; } = null!;
            /// <summary>The learning rate of the next step.</summary>
            public double LearningRate { get => Options.LearningRate!.Value; set => Options.LearningRate = value; }
            /// <summary>The learning rate at the start.</summary>
            public double InitialLearningRate { get => Options.InitialLearningRate; set => Options.InitialLearningRate = value; }
        }

        /// <summary>A group with options of a known type.</summary>
        public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
        {
            /// <summary>A group to be filled.</summary>
            public ParamGroup() { }

            /// <summary>Parameters and their options.</summary>
            public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
                => (Parameters, base.Options) = (parameters, options!);

            /// <summary>Their options.</summary>
            public new TOptions Options { get => (TOptions)base.Options; set => base.Options = value; }
        }
    }
}
