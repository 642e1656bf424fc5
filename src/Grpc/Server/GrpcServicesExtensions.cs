using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Grpc.AspNetCore.Server
{
    /// <summary>Configures gRPC services.</summary>
    public interface IGrpcServerBuilder
    {
        /// <summary>The application's services.</summary>
        Microsoft.Extensions.DependencyInjection.IServiceCollection Services { get; }
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Adds gRPC to an application.</summary>
    public static class GrpcServicesExtensions
    {
        /// <summary>Adds gRPC with the default options.</summary>
        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.AddRouting();
            services.AddOptions<GrpcServiceOptions>()
                .Validate(o => o.ResponseCompressionAlgorithm is null or Grpc.Wire.Gzip.Name, "ResponseCompressionAlgorithm must be 'gzip' or null.");
            services.TryAddSingleton<GrpcServer>();
            return new GrpcServerBuilder(services);
        }

        /// <summary>Adds gRPC with options.</summary>
        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
        {
            ArgumentNullException.ThrowIfNull(configureOptions);
            return services.Configure(configureOptions).AddGrpc();
        }

        private sealed record GrpcServerBuilder(IServiceCollection Services) : IGrpcServerBuilder;
    }
}
