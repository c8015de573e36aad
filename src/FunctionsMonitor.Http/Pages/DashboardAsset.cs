using Microsoft.Net.Http.Headers;

namespace FunctionsMonitor.Http.Pages;

/// <summary>One file of the page.</summary>
/// <param name="ContentType">Of its bytes.</param>
/// <param name="Bytes">As the build made it.</param>
/// <param name="Brotli">The same, compressed by the build.</param>
/// <param name="Tag">Of the bytes as they are.</param>
/// <param name="BrotliTag">Of the compressed ones.</param>
internal sealed record DashboardAsset(string ContentType, byte[] Bytes, byte[] Brotli, EntityTagHeaderValue Tag, EntityTagHeaderValue BrotliTag);
