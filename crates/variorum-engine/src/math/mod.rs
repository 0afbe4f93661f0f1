//! Mathematics with the same bits on every machine: elementary functions, the normal distribution and special
//! functions, in basic IEEE 754 operations only.
//!
//! [`elementary`] and [`normal`] are free of branches and meant for columns; [`special`] and [`truncated`] prepare and
//! draw parameters, one number at a time.

pub mod beta;
pub mod elementary;
pub mod gamma;
pub mod normal;
pub mod special;
pub mod truncated;

pub use beta::{beta_i, beta_i_upper, beta_quantile, beta_quantile_upper};
pub use elementary::{and, exp, exp_m1, happens, ln, ln_1p, logistic, max, min, not, or, pow, select, truth};
pub use gamma::{gamma_p, gamma_q, gamma_quantile, gamma_quantile_upper};
pub use normal::{mills_ratio, normal_cdf, normal_density, normal_quantile, standard_normal};
pub use special::ln_gamma;
