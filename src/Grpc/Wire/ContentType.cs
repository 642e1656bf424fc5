namespace Grpc.Wire;

/// <summary>Tells <c>application/grpc</c>, alone or with a format or a parameter, from everything else (grpc-web included).</summary>
internal static class ContentType
{
    public const string Grpc = "application/grpc";

    public static bool IsGrpc(string? value) => value is not null && value.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase) &&
        (value.Length == Grpc.Length || value[Grpc.Length] is ';' or '+');
}
