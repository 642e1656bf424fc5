using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019). Each step, for a parameter w with gradient g:
        /// w -= lr decay w; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
        /// w -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps). A parameter without a gradient is left as it is.
        /// </summary>
        public class AdamW : OptimizerHelper
        {
            private readonly Options _defaults;

            /// <summary>One group of parameters.</summary>
            /// <exception cref="ArgumentException">A number is out of range.</exception>
            public AdamW(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
            {
            }

            /// <summary>Groups of parameters; what a group leaves open is as given here.</summary>
            /// <exception cref="ArgumentException">A number is out of range.</exception>
            public AdamW(
                IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            {
                Require(lr >= 0, "learning rate", lr);
                Require(eps >= 0, "eps", eps);
                Require(beta1 is >= 0 and < 1, "beta1", beta1);
                Require(beta2 is >= 0 and < 1, "beta2", beta2);
                Require(weight_decay >= 0, "weight_decay", weight_decay);
                _defaults = new Options
                {
                    LearningRate = lr,
                    InitialLearningRate = lr,
                    beta1 = beta1,
                    beta2 = beta2,
                    eps = eps,
                    weight_decay = weight_decay,
                    amsgrad = amsgrad,
                    maximize = maximize,
                };
                foreach (var group in parameters)
                    add_param_group(group);
            }

            /// <inheritdoc/>
            public override void add_param_group(Modules.ParamGroup param_group)
            {
                var options = (Options?)param_group.Options ?? new Options();
                options.LearningRate ??= _defaults.LearningRate;
                options.beta1 ??= _defaults.beta1;
                options.beta2 ??= _defaults.beta2;
                options.eps ??= _defaults.eps;
                options.weight_decay ??= _defaults.weight_decay;
                options.amsgrad ??= _defaults.amsgrad;
                options.maximize ??= _defaults.maximize;
                options.InitialLearningRate = options.LearningRate!.Value;
                if (options.amsgrad!.Value)
                    throw new NotSupportedException("AdamW: this stand-in has no amsgrad.");
                param_group.Options = options;
                param_group.Parameters = param_group.Parameters.ToList();
                _parameter_groups.Add(param_group);
                foreach (var parameter in param_group.Parameters)
                    States.Add(parameter, new State(parameter));
            }

            /// <inheritdoc/>
            public override Tensor? step(Func<Tensor>? closure = null)
            {
                Tensor? loss = null;
                if (closure is not null)
                    using (enable_grad())
                        loss = closure();
                using var off = no_grad();
                using var scope = NewDisposeScope();
                foreach (var group in _parameter_groups)
                    foreach (var parameter in group.Parameters)
                        if (parameter.grad is { } gradient)
                            Update(parameter, gradient, (State)States[parameter], (Options)group.Options);
                return loss;
            }

            private static void Update(Parameter parameter, Tensor gradient, State state, Options options)
            {
                var (lr, beta1, beta2) = (options.LearningRate!.Value, options.beta1!.Value, options.beta2!.Value);
                var (eps, decay) = (options.eps!.Value, options.weight_decay!.Value);
                if (options.maximize!.Value)
                    gradient = gradient.neg();
                state.step++;
                var fused = Native.rearm_adamw(
                    parameter.Handle, gradient.Handle, state.exp_avg.Handle, state.exp_avg_sq.Handle, lr, beta1, beta2, eps, decay, state.step);
                Native.Check(fused, "AdamW.step");
                GC.KeepAlive(gradient);
                if (fused == 0)
                    return;
                parameter.mul_(1 - lr * decay);
                state.exp_avg.mul_(beta1).add_(gradient, 1 - beta1);
                state.exp_avg_sq.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
                var denominator = state.exp_avg_sq.sqrt().div_(Math.Sqrt(1 - Math.Pow(beta2, state.step))).add_(eps);
                parameter.addcdiv_(state.exp_avg, denominator, -lr / (1 - Math.Pow(beta1, state.step)));
            }

            private static void Require(bool holds, string name, double value)
            {
                if (!holds)
                    throw new ArgumentException($"AdamW: invalid {name}: {value}");
            }

            /// <summary>The numbers of a group; null where the optimizer's own hold.</summary>
            public class Options : OptimizerOptions
            {
                /// <summary>How much of the mean gradient stays each step.</summary>
                public double? beta1;
                /// <summary>How much of the mean squared gradient stays each step.</summary>
                public double? beta2;
                /// <summary>The fraction of a parameter taken away each step, divided by the learning rate.</summary>
                public double? weight_decay;
                /// <summary>Added to the denominator.</summary>
                public double? eps;
                /// <summary>Not supported.</summary>
                public bool? amsgrad;
                /// <summary>Climb instead of descend.</summary>
                public bool? maximize;

                /// <inheritdoc/>
                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(beta1!.Value);
                    writer.Write(beta2!.Value);
                    writer.Write(eps!.Value);
                    writer.Write(weight_decay!.Value);
                    writer.Write(amsgrad!.Value);
                    writer.Write(maximize!.Value);
                }

                /// <inheritdoc/>
                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    beta1 = reader.ReadDouble();
                    beta2 = reader.ReadDouble();
                    eps = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                    amsgrad = reader.ReadBoolean();
                    maximize = reader.ReadBoolean();
                }
            }

            /// <summary>What is remembered of one parameter.</summary>
            public class State : OptimizerState, IDisposable
            {
                /// <summary>The steps so far.</summary>
                public long step;
                /// <summary>The running mean of the gradient.</summary>
                public Tensor exp_avg;
                /// <summary>The running mean of the squared gradient.</summary>
                public Tensor exp_avg_sq;

                internal State(Parameter parameter)
                {
                    exp_avg = zeros_like(parameter).DetachFromDisposeScope();
                    exp_avg_sq = zeros_like(parameter).DetachFromDisposeScope();
                }

                /// <inheritdoc/>
                public override void SaveStateDict(BinaryWriter writer)
                {
                    writer.Write(step);
                    exp_avg.Save(writer);
                    exp_avg_sq.Save(writer);
                    writer.Write(false);
                }

                /// <inheritdoc/>
                public override void LoadStateDict(BinaryReader reader)
                {
                    step = reader.ReadInt64();
                    exp_avg.Load(reader);
                    exp_avg_sq.Load(reader);
                    if (reader.ReadBoolean())
                        throw new NotSupportedException("AdamW: the state is of amsgrad, which this stand-in has not.");
                }

                /// <summary>Disposes the two means.</summary>
                public void Dispose()
                {
                    exp_avg.Dispose();
                    exp_avg_sq.Dispose();
                }
            }

            /// <summary>Parameters with numbers of their own.</summary>
            public class ParamGroup : ParamGroup<Options>
            {
                /// <summary>A group to be filled.</summary>
                public ParamGroup() { }

                /// <summary>Parameters with these numbers.</summary>
                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                    double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                    : base(parameters, new Options
                    {
                        LearningRate = lr,
                        beta1 = beta1,
                        beta2 = beta2,
                        eps = eps,
                        weight_decay = weight_decay,
                        amsgrad = amsgrad,
                        maximize = maximize,
                    })
                {
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adam with decoupled weight decay.</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<Modules.Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            /// <summary>Adam with decoupled weight decay.</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new(parameters.Select(p => p.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            /// <summary>Adam with decoupled weight decay.</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<Modules.AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
