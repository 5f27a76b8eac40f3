using System.Security.Claims;

namespace OrderSaga.Platform.Common;

/// <summary>Who asked for a change, as the audit names it.</summary>
public static class Actor
{
    public const int MaxLength = 100;

    /// <summary>The API key of an HTTP request; null if the request needs none.</summary>
    public static string? Of(ClaimsPrincipal? caller) => caller?.Identity is { IsAuthenticated: true, Name: { } key } ? $"key {key}" : null;

    /// <summary>The broker user that sent a message; null for a process of ours.</summary>
    public static string? OfBroker(string? user) => string.IsNullOrEmpty(user) ? null : Text.Cut($"broker user {user}", MaxLength);
}
