//! Which implementation of a block the processor at hand runs.

/// Declares `fn name(arguments) -> Result` that calls `implementation::<B>` with the best block there is here.
macro_rules! dispatched {
    ($(#[$doc:meta])* $visibility:vis fn $name:ident($self:ident: $this:ty $(, $argument:ident: $type:ty)* $(,)?) -> $result:ty => $implementation:path) => {
        $(#[$doc])*
        $visibility fn $name($self: $this $(, $argument: $type)*) -> $result {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                unsafe fn with_avx2(this: $this $(, $argument: $type)*) -> $result {
                    use $crate::block::Avx2 as Best;
                    // SAFETY: this function is called where the processor has AVX2 only.
                    unsafe { $implementation(std::marker::PhantomData::<Best>, this $(, $argument)*) }
                }
                if $crate::dispatch::has_avx2() {
                    // SAFETY: just asked.
                    return unsafe { with_avx2($self $(, $argument)*) };
                }
            }
            // SAFETY: it needs nothing of the processor.
            unsafe { $implementation(std::marker::PhantomData::<$crate::block::Portable>, $self $(, $argument)*) }
        }
    };
}
pub(crate) use dispatched;

/// Whether AVX2 is there, and what compilers assume to be there with it. `CUPRUM_RECORDS=portable` says no, for tests.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx2() -> bool {
    use std::sync::LazyLock;
    static FOUND: LazyLock<bool> = LazyLock::new(|| {
        std::env::var_os("CUPRUM_RECORDS").is_none_or(|wish| wish != "portable")
            && std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("bmi2")
            && std::is_x86_feature_detected!("lzcnt")
            && std::is_x86_feature_detected!("popcnt")
    });
    *FOUND
}
